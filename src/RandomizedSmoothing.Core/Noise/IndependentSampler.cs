namespace RandomizedSmoothing.Core.Noise;

/// <summary>Additive noise with independent coordinates, each made by the inverse cdf of one uniform number.</summary>
/// <param name="quantile">The inverse cdf on (0, 1), in [0, 1] pixel units.</param>
internal sealed class IndependentSampler(Func<double, double> quantile) : AdditiveSampler
{
    /// <inheritdoc />
    protected override void Fill(ref KeyedStream stream, Span<double> noise)
    {
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = quantile(stream.NextUniform());
        }
    }
}
