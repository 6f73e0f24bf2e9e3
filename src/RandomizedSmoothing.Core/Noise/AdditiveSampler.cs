using System.Buffers;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Adds floating-point noise to an image: keyed and reproducible, but not on the grid of the input, so certificates ignore the
/// rounding of the addition, as published ones do. <see cref="NoiseSampler.IsExact"/> is false.
/// </summary>
internal abstract class AdditiveSampler : NoiseSampler
{
    /// <inheritdoc />
    public override bool IsExact => false;

    /// <summary>The noise of one draw, in [0, 1] pixel units.</summary>
    /// <param name="key">Names the image's sequence.</param>
    /// <param name="draw">Number of the draw.</param>
    /// <param name="noise">One value for each coordinate.</param>
    public void Fill(NoiseKey key, long draw, Span<double> noise)
    {
        Span<uint> buffer = stackalloc uint[KeyedStream.BufferLength];
        var stream = new KeyedStream(key, draw, buffer);
        Fill(ref stream, noise);
    }

    /// <inheritdoc />
    public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
    {
        var draws = CountDraws(firstDraw, image.Length, noisy.Length);
        var noise = ArrayPool<double>.Shared.Rent(image.Length);
        try
        {
            for (var row = 0; row < draws; row++)
            {
                Fill(key, firstDraw + row, noise.AsSpan(0, image.Length));
                var target = noisy.Slice(row * image.Length, image.Length);
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = (float)(image[i] / 255.0 + noise[i]);
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(noise);
        }
    }

    /// <summary>The noise of one draw from its random numbers.</summary>
    protected abstract void Fill(ref KeyedStream stream, Span<double> noise);
}
