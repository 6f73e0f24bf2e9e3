namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Makes noisy copies of an image, as a pure function of key and draw number: the result never depends on how draws are split
/// into calls. Instances are immutable and may be shared by threads.
/// </summary>
public abstract class NoiseSampler
{
    /// <summary>
    /// Whether certificates hold for the machine's arithmetic as it is: noise made of integers on the input's own grid, the
    /// same bits on every machine. False for samplers in floating point.
    /// </summary>
    public abstract bool IsExact { get; }

    /// <summary>
    /// Fills <paramref name="noisy"/> with consecutive draws of a noisy image.
    /// </summary>
    /// <param name="key">Names the image's sequence.</param>
    /// <param name="firstDraw">Number of the first draw; with all draws of the call in [0, 2⁴⁸).</param>
    /// <param name="image">The image on the 1/255 grid, channels first.</param>
    /// <param name="noisy">draws × coordinates, row-major, in [0, 1] pixel units (noise may lead outside).</param>
    /// <exception cref="ArgumentException"><paramref name="noisy"/> is no whole number of images.</exception>
    public abstract void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy);

    /// <summary>The number of draws that a call asks for.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit, or the draw numbers leave their range.</exception>
    protected static int CountDraws(long firstDraw, int dimension, int length)
    {
        if (dimension < 1 || length % dimension != 0)
        {
            throw new ArgumentException($"{length} values are no whole number of draws of {dimension} coordinates.");
        }

        var draws = length / dimension;
        if (firstDraw < 0 || firstDraw > NoiseKey.MaxDraws - draws)
        {
            throw new ArgumentException($"Draws {firstDraw} and on leave the range 0 to 2^48 - 1.");
        }

        return draws;
    }
}
