using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static RandomizedSmoothing.Models.Inference.Winograd.WinogradTransform;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>
/// A 3 × 3 convolution of stride 1 by F(4 × 4, 3 × 3) (<see cref="WinogradTransform"/>), with what follows it in the same pass:
/// a quarter of the multiplications. An image's result is the same bits whatever images are computed with it.
/// </summary>
/// <remarks>
/// Some rows of tiles are computed at a time, so few that all that lies between stays in the caches, and of those one row of
/// products after the other: columns are transformed once, rows of six products are transformed, multiplied and gathered to
/// four, and at last the six rows to four.
/// </remarks>
internal sealed unsafe class WinogradKernel : IDisposable
{
    [ThreadStatic]
    private static AlignedFloats? s_scratch;

    private readonly int _channels;
    private readonly int _outputs;
    private readonly bool _wide;
    private readonly WinogradWeights _weights;
    private readonly AlignedFloats _bias;
    private readonly AlignedFloats _nothing;
    private readonly AlignedFloats _factors = WinogradFactors.Numbers();

    /// <param name="weights">Outputs × channels × 3 × 3; copied.</param>
    /// <param name="bias">Per output; empty for none; copied.</param>
    /// <param name="outputs">A multiple of 16.</param>
    /// <param name="channels">A multiple of 16.</param>
    /// <param name="wide">Whether registers of 512 bits are used, instead of 256; null for the widest there are.</param>
    public WinogradKernel(
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias,
        int outputs,
        int channels,
        bool? wide = null
    )
    {
        (_outputs, _channels, _wide) = (outputs, channels, wide ?? Vector512.IsHardwareAccelerated);
        _weights = new(weights, outputs, channels);
        _bias = new(outputs);
        bias.CopyTo(new Span<float>(_bias.Pointer, outputs));
        _nothing = new(channels);
    }

    /// <summary>Convolves images.</summary>
    /// <param name="images">Image × row × column × channel.</param>
    /// <param name="shape">How many and how large.</param>
    /// <param name="sum">What the result is added to, of the result's shape; null for nothing.</param>
    /// <param name="result">Image × row × column × output; may be the sum itself.</param>
    /// <param name="after">What follows.</param>
    public void Apply(float* images, WinogradShape shape, float* sum, float* result, Epilogue after)
    {
        var layout = new WinogradLayout(shape, _channels, _outputs);
        if (s_scratch is null || s_scratch.Count < layout.Count)
        {
            s_scratch?.Dispose();
            s_scratch = new(layout.Count);
        }

        var columns = s_scratch.Pointer;
        var inputs = columns + Inputs * layout.ColumnStride;
        var products = inputs + Inputs * layout.InputStride;
        var gathered = products + Inputs * layout.ProductStride;
        var imageSize = (nint)shape.Height * shape.Width * _channels;
        var resultSize = (nint)shape.ResultHeight * shape.ResultWidth * _outputs;
        ClearEdges(columns, shape, layout);
        var rows = (long)shape.Images * shape.TileRows;
        for (long first = 0; first < rows; first += layout.Rows)
        {
            var count = (int)Math.Min(layout.Rows, rows - first);
            for (var row = 0; row < count; row++)
            {
                var (image, tileRow) = Math.DivRem(first + row, shape.TileRows);
                SpreadColumns(images + (nint)image * imageSize, (int)tileRow, row, columns, shape, layout);
            }

            for (var i = 0; i < Inputs; i++)
            {
                SpreadRows(columns + i * layout.ColumnStride, inputs, count, shape, layout);
                Multiply(i, inputs, products, count * shape.TileColumns, layout);
                GatherRows(products, gathered + i * layout.GatheredStride, count * shape.TileColumns, layout);
            }

            for (var row = 0; row < count; row++)
            {
                var (image, tileRow) = Math.DivRem(first + row, shape.TileRows);
                var from = gathered + (nint)row * shape.TileColumns * Outputs * _outputs;
                var place = (nint)image * resultSize;
                var added = sum is null ? null : sum + place;
                GatherColumns(from, (int)tileRow, added, result + place, shape, layout, after);
            }
        }

        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _nothing.Dispose();
        _factors.Dispose();
    }

    // What is left and right of every image, and stays so.
    private void ClearEdges(float* columns, WinogradShape shape, WinogradLayout layout)
    {
        var (left, right) = (shape.Padding.X, shape.Padding.X + shape.Width);
        for (var i = 0; i < Inputs; i++)
        {
            for (var row = 0; row < layout.Rows; row++)
            {
                var start = columns + i * layout.ColumnStride + (nint)row * layout.Width * _channels;
                new Span<float>(start, left * _channels).Clear();
                new Span<float>(start + (nint)right * _channels, (layout.Width - right) * _channels).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadColumns(
        float* image,
        int tileRow,
        int place,
        float* columns,
        WinogradShape shape,
        WinogradLayout layout
    )
    {
        var lines = stackalloc float*[Inputs];
        var steps = stackalloc nint[Inputs];
        for (var i = 0; i < Inputs; i++)
        {
            var line = Outputs * tileRow - shape.Padding.Y + i;
            var isInside = line >= 0 && line < shape.Height;
            lines[i] = isInside ? image + (nint)line * shape.Width * _channels : _nothing.Pointer;
            steps[i] = isInside ? _channels : 0;
        }

        var by = WinogradFactors.Negative(_factors.Pointer);
        var start = columns + ((nint)place * layout.Width + shape.Padding.X) * _channels;
        nint step = _channels;
        var stride = layout.ColumnStride;
        var (s0, s1, s2, s3, s4, s5) = (steps[0], steps[1], steps[2], steps[3], steps[4], steps[5]);
        for (nint c = 0; c < _channels; c += Lanes)
        {
            var r0 = lines[0] + c;
            var r1 = lines[1] + c;
            var r2 = lines[2] + c;
            var r3 = lines[3] + c;
            var r4 = lines[4] + c;
            var r5 = lines[5] + c;
            var to = start + c;
            for (var x = 0; x < shape.Width; x++)
            {
                Spread(
                    Vector512.Load(r0),
                    Vector512.Load(r1),
                    Vector512.Load(r2),
                    Vector512.Load(r3),
                    Vector512.Load(r4),
                    Vector512.Load(r5),
                    to,
                    stride,
                    by
                );
                r0 += s0;
                r1 += s1;
                r2 += s2;
                r3 += s3;
                r4 += s4;
                r5 += s5;
                to += step;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadRows(float* columns, float* inputs, int rows, WinogradShape shape, WinogradLayout layout)
    {
        nint channels = _channels;
        var by = WinogradFactors.Negative(_factors.Pointer);
        var stride = layout.InputStride;
        for (nint c = 0; c < channels; c += Lanes)
        {
            var to = inputs + c;
            for (var row = 0; row < rows; row++)
            {
                var from = columns + row * layout.Width * channels + c;
                for (var tile = 0; tile < shape.TileColumns; tile++)
                {
                    Spread(from, channels, to, stride, by);
                    from += Outputs * channels;
                    to += channels;
                }
            }
        }
    }

    // One of the six rows of products, two and two.
    private void Multiply(int row, float* inputs, float* products, int tiles, WinogradLayout layout)
    {
        for (var column = 0; column < Inputs; column += 2)
        {
            PanelProduct.Multiply(
                inputs + column * layout.InputStride,
                layout.InputStride,
                _weights.Pointer + (nint)(row * Inputs + column) * _channels * _outputs,
                products + column * layout.ProductStride,
                layout.ProductStride,
                tiles,
                _channels,
                _outputs,
                _wide
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherRows(float* products, float* gathered, int tiles, WinogradLayout layout)
    {
        nint outputs = _outputs;
        var by = WinogradFactors.Positive(_factors.Pointer);
        var stride = layout.ProductStride;
        for (nint k = 0; k < outputs; k += Lanes)
        {
            var from = products + k;
            var to = gathered + k;
            for (var tile = 0; tile < tiles; tile++)
            {
                Gather(from, stride, by, out var y0, out var y1, out var y2, out var y3);
                y0.Store(to);
                y1.Store(to + outputs);
                y2.Store(to + 2 * outputs);
                y3.Store(to + 3 * outputs);
                from += outputs;
                to += Outputs * outputs;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherColumns(
        float* gathered,
        int tileRow,
        float* sum,
        float* result,
        WinogradShape shape,
        WinogradLayout layout,
        Epilogue after
    )
    {
        nint outputs = _outputs;
        nint line = shape.ResultWidth * outputs;
        nint difference = sum is null ? 0 : (nint)(sum - result);
        var by = WinogradFactors.Positive(_factors.Pointer);
        var stride = layout.GatheredStride;
        var lines = Math.Min(Outputs, shape.ResultHeight - Outputs * tileRow);
        for (nint k = 0; k < outputs; k += Lanes)
        {
            var bias = Vector512.Load(_bias.Pointer + k);
            var from = gathered + k;
            var to = result + Outputs * tileRow * line + k;
            for (var x = 0; x < shape.ResultWidth; x++)
            {
                Gather(from, stride, by, out var y0, out var y1, out var y2, out var y3);
                var added = sum is null ? null : to + difference;
                after.Finish(y0 + bias, added).Store(to);
                if (lines > 1)
                {
                    after.Finish(y1 + bias, added is null ? null : added + line).Store(to + line);
                }

                if (lines > 2)
                {
                    after.Finish(y2 + bias, added is null ? null : added + 2 * line).Store(to + 2 * line);
                }

                if (lines > 3)
                {
                    after.Finish(y3 + bias, added is null ? null : added + 3 * line).Store(to + 3 * line);
                }

                from += outputs;
                to += outputs;
            }
        }
    }
}
