namespace RandomizedSmoothing.Core.Noise;

/// <summary>The radius of one draw, from its random numbers.</summary>
internal delegate double RadiusSource(ref KeyedStream stream);

/// <summary>Noise that is uniform on the surface of a cube of random half-width.</summary>
internal sealed class CubeSampler(RadiusSource radius) : AdditiveSampler
{
    /// <inheritdoc />
    protected override void Fill(ref KeyedStream stream, Span<double> noise)
    {
        var r = radius(ref stream);
        var face = (int)stream.NextBelow((uint)noise.Length);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = r * (2 * stream.NextUniform() - 1);
        }

        noise[face] = noise[face] < 0 ? -r : r;
    }
}
