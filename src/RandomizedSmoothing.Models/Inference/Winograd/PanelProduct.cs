using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>
/// Products of many tiles' inputs with the weights of one of the 36 products: a small matrix product (tiles × channels by
/// channels × outputs) whose sums stay in registers. Sums run over the channels in order, whatever the number of tiles.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Tiles that are computed together; there must be memory for as many.</summary>
    public const int LeastTiles = 8;

    /// <summary>Outputs of a wide panel.</summary>
    public const int Wide = 32;

    /// <summary>Outputs of the last panel, where their number is no multiple of <see cref="Wide"/>.</summary>
    public const int Narrow = 16;

    /// <summary>Where the weight of a channel and an output lies: panels of outputs, channel after channel.</summary>
    public static int Place(int channel, int output, int channels, int outputs)
    {
        var start = output / Wide * Wide;
        var width = Math.Min(Wide, outputs - start);
        return start * channels + channel * width + output - start;
    }

    /// <summary>The products of two neighbours among the 36.</summary>
    /// <param name="inputs">Tiles × channels of the first.</param>
    /// <param name="inputStride">Floats to the second's.</param>
    /// <param name="weights">Of the first, by <see cref="Place"/>; the second's follow.</param>
    /// <param name="products">Tiles × outputs of the first.</param>
    /// <param name="productStride">Floats to the second's.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="channels">A multiple of 16.</param>
    /// <param name="outputs">A multiple of 16.</param>
    /// <param name="wide">Whether registers have 512 bits, instead of 256.</param>
    public static void Multiply(
        float* inputs,
        nint inputStride,
        float* weights,
        float* products,
        nint productStride,
        int tiles,
        int channels,
        int outputs,
        bool wide
    )
    {
        nint weightStride = (nint)channels * outputs;
        for (var output = 0; output < outputs; output += Wide)
        {
            var isWide = outputs - output >= Wide;
            for (var tile = 0; tile < tiles; tile += LeastTiles)
            {
                // The last ones are computed together with some of those before, once more and alike.
                var first = Math.Max(0, Math.Min(tile, tiles - LeastTiles));
                var from = inputs + (nint)first * channels;
                var to = products + (nint)first * outputs + output;
                if (!wide)
                {
                    Halves(from, inputStride, weights, weightStride, to, productStride, channels, outputs, isWide);
                }
                else if (isWide)
                {
                    EightByTwo(from, weights, to, channels, outputs);
                    EightByTwo(from + inputStride, weights + weightStride, to + productStride, channels, outputs);
                }
                else
                {
                    TwiceEight(from, inputStride, weights, weightStride, to, productStride, channels, outputs);
                }
            }

            weights += (nint)channels * Wide;
        }
    }

    // 256 bits have half as many registers, of half the width: four tiles and 16 outputs at once.
    private static void Halves(
        float* from,
        nint inputStride,
        float* weights,
        nint weightStride,
        float* to,
        nint productStride,
        int channels,
        int outputs,
        bool isWide
    )
    {
        var width = isWide ? Wide : Narrow;
        for (var product = 0; product < 2; product++)
        {
            for (var half = 0; half < width; half += Narrow)
            {
                FourByTwo(from, weights + half, width, to + half, channels, outputs);
                var next = from + 4 * (nint)channels;
                FourByTwo(next, weights + half, width, to + half + 4 * (nint)outputs, channels, outputs);
            }

            from += inputStride;
            weights += weightStride;
            to += productStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo(float* from, float* weights, float* to, nint channels, nint outputs)
    {
        Vector512<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default;
        Vector512<float> d0 = default,
            d1 = default,
            e0 = default,
            e1 = default,
            f0 = default,
            f1 = default;
        Vector512<float> g0 = default,
            g1 = default,
            h0 = default,
            h1 = default;
        var b = from + channels;
        var c = b + channels;
        var d = c + channels;
        var e = d + channels;
        var f = e + channels;
        var g = f + channels;
        var h = g + channels;
        for (nint i = 0; i < channels; i++)
        {
            var (w0, w1) = (Vector512.Load(weights), Vector512.Load(weights + 16));
            weights += Wide;
            var x = Vector512.Create(from[i]);
            (a0, a1) = (Vector512.FusedMultiplyAdd(x, w0, a0), Vector512.FusedMultiplyAdd(x, w1, a1));
            x = Vector512.Create(b[i]);
            (b0, b1) = (Vector512.FusedMultiplyAdd(x, w0, b0), Vector512.FusedMultiplyAdd(x, w1, b1));
            x = Vector512.Create(c[i]);
            (c0, c1) = (Vector512.FusedMultiplyAdd(x, w0, c0), Vector512.FusedMultiplyAdd(x, w1, c1));
            x = Vector512.Create(d[i]);
            (d0, d1) = (Vector512.FusedMultiplyAdd(x, w0, d0), Vector512.FusedMultiplyAdd(x, w1, d1));
            x = Vector512.Create(e[i]);
            (e0, e1) = (Vector512.FusedMultiplyAdd(x, w0, e0), Vector512.FusedMultiplyAdd(x, w1, e1));
            x = Vector512.Create(f[i]);
            (f0, f1) = (Vector512.FusedMultiplyAdd(x, w0, f0), Vector512.FusedMultiplyAdd(x, w1, f1));
            x = Vector512.Create(g[i]);
            (g0, g1) = (Vector512.FusedMultiplyAdd(x, w0, g0), Vector512.FusedMultiplyAdd(x, w1, g1));
            x = Vector512.Create(h[i]);
            (h0, h1) = (Vector512.FusedMultiplyAdd(x, w0, h0), Vector512.FusedMultiplyAdd(x, w1, h1));
        }

        Store(a0, a1, to);
        Store(b0, b1, to += outputs);
        Store(c0, c1, to += outputs);
        Store(d0, d1, to += outputs);
        Store(e0, e1, to += outputs);
        Store(f0, f1, to += outputs);
        Store(g0, g1, to += outputs);
        Store(h0, h1, to + outputs);
    }

    // Sixteen outputs fill one vector; two products at once keep the multipliers busy all the same.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwiceEight(
        float* from,
        nint inputStride,
        float* weights,
        nint weightStride,
        float* to,
        nint productStride,
        nint channels,
        nint outputs
    )
    {
        if (channels == Narrow)
        {
            // The narrowest layers, where every instruction counts: all places in memory are constants.
            Narrowest(from, inputStride, weights, weightStride, to, productStride, Narrow, outputs);
        }
        else
        {
            Narrowest(from, inputStride, weights, weightStride, to, productStride, channels, outputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrowest(
        float* from,
        nint inputStride,
        float* weights,
        nint weightStride,
        float* to,
        nint productStride,
        nint channels,
        nint outputs
    )
    {
        Vector512<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default;
        Vector512<float> d0 = default,
            d1 = default,
            e0 = default,
            e1 = default,
            f0 = default,
            f1 = default;
        Vector512<float> g0 = default,
            g1 = default,
            h0 = default,
            h1 = default;
        var other = from + inputStride;
        var end = from + channels;
        for (; from < end; from++, other++, weights += Narrow)
        {
            var w = Vector512.Load(weights);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[0 * channels]), w, a0);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[1 * channels]), w, b0);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[2 * channels]), w, c0);
            d0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[3 * channels]), w, d0);
            e0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[4 * channels]), w, e0);
            f0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[5 * channels]), w, f0);
            g0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[6 * channels]), w, g0);
            h0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[7 * channels]), w, h0);
            w = Vector512.Load(weights + weightStride);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[0 * channels]), w, a1);
            b1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[1 * channels]), w, b1);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[2 * channels]), w, c1);
            d1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[3 * channels]), w, d1);
            e1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[4 * channels]), w, e1);
            f1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[5 * channels]), w, f1);
            g1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[6 * channels]), w, g1);
            h1 = Vector512.FusedMultiplyAdd(Vector512.Create(other[7 * channels]), w, h1);
        }

        Store(a0, a1, to, productStride);
        Store(b0, b1, to += outputs, productStride);
        Store(c0, c1, to += outputs, productStride);
        Store(d0, d1, to += outputs, productStride);
        Store(e0, e1, to += outputs, productStride);
        Store(f0, f1, to += outputs, productStride);
        Store(g0, g1, to += outputs, productStride);
        Store(h0, h1, to + outputs, productStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(float* from, float* weights, nint step, float* to, nint channels, nint outputs)
    {
        Vector256<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default;
        Vector256<float> c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        var b = from + channels;
        var c = b + channels;
        var d = c + channels;
        for (nint i = 0; i < channels; i++)
        {
            var (w0, w1) = (Vector256.Load(weights), Vector256.Load(weights + 8));
            weights += step;
            var x = Vector256.Create(from[i]);
            (a0, a1) = (Vector256.FusedMultiplyAdd(x, w0, a0), Vector256.FusedMultiplyAdd(x, w1, a1));
            x = Vector256.Create(b[i]);
            (b0, b1) = (Vector256.FusedMultiplyAdd(x, w0, b0), Vector256.FusedMultiplyAdd(x, w1, b1));
            x = Vector256.Create(c[i]);
            (c0, c1) = (Vector256.FusedMultiplyAdd(x, w0, c0), Vector256.FusedMultiplyAdd(x, w1, c1));
            x = Vector256.Create(d[i]);
            (d0, d1) = (Vector256.FusedMultiplyAdd(x, w0, d0), Vector256.FusedMultiplyAdd(x, w1, d1));
        }

        Store(a0, a1, to);
        Store(b0, b1, to += outputs);
        Store(c0, c1, to += outputs);
        Store(d0, d1, to + outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> first, Vector512<float> second, float* to, nint apart = 16)
    {
        first.Store(to);
        second.Store(to + apart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> first, Vector256<float> second, float* to)
    {
        first.Store(to);
        second.Store(to + 8);
    }
}
