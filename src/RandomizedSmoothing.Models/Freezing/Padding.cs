namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Convolutions whose border is given in words.</summary>
internal static class Padding
{
    /// <summary>
    /// <c>conv2d</c> with <c>"same"</c>, which keeps the size, or <c>"valid"</c>, without a border; of a border that is odd the larger part
    /// lies below and to the right.
    /// </summary>
    /// <param name="arguments">Images, weights, bias, stride, the word, dilation, groups.</param>
    /// <param name="trace">Where it is applied.</param>
    /// <exception cref="NotFreezableException">Another word.</exception>
    public static Cell Convolve(IReadOnlyList<Operand> arguments, Trace trace)
    {
        var o = new Operands(arguments);
        var (word, weight) = (o.Text(4, "padding", "valid"), arguments[1].Value as Cell);
        if (word is not ("same" or "valid") || weight?.Value.dim() != 4)
        {
            throw new NotFreezableException($"a convolution with padding '{word}'");
        }

        var dilation = Operators.Pair(o, 5, "dilation", 1);
        long Border(int axis) => word == "same" ? dilation[axis] * (weight.Value.shape[2 + axis] - 1) : 0;
        var (down, right) = (Border(0), Border(1));
        var images = arguments[0];
        if (down % 2 != 0 || right % 2 != 0)
        {
            var around = new List<object?> { right / 2, right - (right / 2), down / 2, down - (down / 2) };
            images = new Operand(
                null,
                trace.Apply("constant_pad_nd", [images, new Operand(null, around), new Operand(null, 0.0)])
            );
            (down, right) = (0, 0);
        }

        return trace.Apply(
            "conv2d",
            [
                images,
                arguments[1],
                arguments[2],
                new Operand(null, Operators.Pair(o, 3, "stride", 1).Select(s => (object?)s).ToList()),
                new Operand(null, new List<object?> { down / 2, right / 2 }),
                new Operand(null, dilation.Select(d => (object?)d).ToList()),
                new Operand(null, o.Whole(6, "groups", 1)),
            ]
        );
    }
}
