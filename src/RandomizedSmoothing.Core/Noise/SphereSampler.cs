namespace RandomizedSmoothing.Core.Noise;

/// <summary>Noise that is uniform on a sphere of random radius.</summary>
internal sealed class SphereSampler(RadiusSource radius) : AdditiveSampler
{
    /// <inheritdoc />
    protected override void Fill(ref KeyedStream stream, Span<double> noise)
    {
        var r = radius(ref stream);
        double square = 0;
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = stream.NextNormal();
            square += noise[i] * noise[i];
        }

        var scale = r / Math.Sqrt(square);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] *= scale;
        }
    }
}
