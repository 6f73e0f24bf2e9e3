using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>Operators of ONNX that move over images, cut them or join them.</summary>
internal static class OnnxWindows
{
    private const long WidestBorder = 1 << 14;

    /// <summary>A convolution in two dimensions; unequal borders are padded first.</summary>
    public static Cell Convolve(OnnxNode node, Trace trace)
    {
        if (node.Cell(1).Value.dim() != 4)
        {
            throw node.Unusable("number of dimensions");
        }

        var x = node.Cell(0);
        var borders = Borders(node);
        if (borders is not [var top, var left, var bottom, var right] || (top, left) != (bottom, right))
        {
            x = OnnxOperators.Apply(trace, "constant_pad_nd", x, Turned(borders), 0.0);
            borders = [0, 0, 0, 0];
        }

        return OnnxOperators.Apply(
            trace,
            "conv2d",
            x,
            node.Cell(1),
            node.Input(2),
            Pair(node, "strides"),
            OnnxOperators.Wholes(borders[..2]),
            Pair(node, "dilations"),
            node.Whole("group", 1)
        );
    }

    /// <summary>A maximum over windows.</summary>
    public static Cell MaxPool(OnnxNode node, Trace trace) =>
        OnnxOperators.Apply(
            trace,
            "max_pool2d",
            node.Cell(0),
            Kernel(node),
            Pair(node, "strides"),
            Equal(node),
            Pair(node, "dilations"),
            node.Whole("ceil_mode", 0) != 0
        );

    /// <summary>A mean over windows.</summary>
    public static Cell AveragePool(OnnxNode node, Trace trace) =>
        Pair(node, "dilations").Any(d => d is not 1L)
            ? throw node.Unusable("dilation")
            : OnnxOperators.Apply(
                trace,
                "avg_pool2d",
                node.Cell(0),
                Kernel(node),
                Pair(node, "strides"),
                Equal(node),
                node.Whole("ceil_mode", 0) != 0,
                node.Whole("count_include_pad", 0) != 0
            );

    /// <summary>A part of a tensor, along each axis in turn.</summary>
    public static Cell Slice(OnnxNode node, Trace trace)
    {
        var starts = node.Wholes("starts", 1) ?? throw node.Unusable("start");
        var ends = node.Wholes("ends", 2) ?? throw node.Unusable("end");
        var axes = node.Wholes("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        var steps = node.Wholes("steps", 4) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (
            steps.Any(step => step < 1)
            || ends.Length != starts.Length
            || axes.Length != starts.Length
            || steps.Length != starts.Length
        )
        {
            throw node.Unusable("step");
        }

        return Enumerable
            .Range(0, starts.Length)
            .Aggregate(
                node.Cell(0),
                (x, i) => OnnxOperators.Apply(trace, "slice", x, axes[i], starts[i], ends[i], steps[i])
            );
    }

    /// <summary>Tensors behind one another; a constant in a file for one image belongs to every image.</summary>
    public static Cell Concat(OnnxNode node, Trace trace)
    {
        var axis = node.Whole("axis", 0);
        var rows = trace.Images.Value.shape[0];
        object? ForAll(object? part) =>
            part is Cell { Node: null, Value: var constant }
            && node.FixedRows == 1
            && axis != 0
            && constant.shape[0] == 1
                ? OnnxOperators.Apply(
                    trace,
                    "expand",
                    part,
                    OnnxOperators.Wholes([rows, .. Enumerable.Repeat(-1L, (int)constant.dim() - 1)])
                )
                : part;
        return trace.Apply("cat", [new(null, node.Inputs.Select(ForAll).ToList()), new(null, axis)]);
    }

    /// <summary>A tensor in parts along an axis.</summary>
    public static IReadOnlyList<object?> Split(OnnxNode node, Trace trace)
    {
        var axis = node.Whole("axis", 0);
        var length = TensorParts.LengthOf(node.Cell(0), axis);
        var parts = node.Node.Output.Count;
        var lengths =
            node.Wholes("split", 1)
            ?? TensorParts.Equal(length, length % parts == 0 ? length / parts : throw node.Unusable("length"));
        return lengths.Length == parts
            ? TensorParts.Slices(node.Cell(0), axis, lengths, trace)
            : throw node.Unusable("length");
    }

    /// <summary>More around an image; borders of the last two axes, or of the channels as zeros.</summary>
    public static Cell Pad(OnnxNode node, Trace trace)
    {
        var pads = node.Wholes("pads", 1) ?? throw node.Unusable("border");
        var x = node.Cell(0);
        if (pads.Length != 2 * x.Value.dim() || pads.Any(p => Math.Abs(p) > WidestBorder) || node.Input(3) is not null)
        {
            throw node.Unusable("border");
        }

        // All starts, then all ends; libtorch wants pairs from the last axis on.
        var count = pads.Length / 2;
        var turned = Enumerable.Range(0, count).Reverse().SelectMany(axis => new[] { pads[axis], pads[axis + count] });
        var needed = turned.Reverse().SkipWhile(border => border == 0).Reverse().ToList();
        if (needed.Count % 2 != 0)
        {
            needed.Add(0);
        }

        return node.Word("mode", "constant") switch
        {
            _ when needed.Count == 0 => Trace.ViewOf(x, x.Node, x.Value),
            "constant" => OnnxOperators.Apply(
                trace,
                "constant_pad_nd",
                x,
                OnnxOperators.Wholes([.. needed]),
                node.Bound("value", 2) ?? 0.0
            ),
            "reflect" when needed.Count <= 4 => OnnxOperators.Apply(
                trace,
                "pad",
                x,
                OnnxOperators.Wholes([.. needed, .. Enumerable.Repeat(0L, 4 - needed.Count)]),
                "reflect"
            ),
            _ => throw node.Unusable("mode"),
        };
    }

    /// <summary>Another size, by the grids that PyTorch has, too.</summary>
    public static Cell Resize(OnnxNode node, Trace trace)
    {
        var x = node.Cell(0);
        var grid = node.Word("coordinate_transformation_mode", "half_pixel");
        var size =
            node.Wholes("sizes", 3) is [var n, var c, var height, var width]
            && x.Value.shape is [var rows, var channels, _, _]
            && (n == rows || n == node.FixedRows)
            && c == channels
                ? [height, width]
                : Enlarged(node, x.Value.shape);
        return (node.Word("mode", "nearest"), grid) switch
        {
            ("nearest", "asymmetric") when node.Word("nearest_mode", "round_prefer_floor") == "floor" =>
                OnnxOperators.Apply(trace, "upsample_nearest2d", x, OnnxOperators.Wholes(size)),
            ("linear", "half_pixel" or "pytorch_half_pixel") when size.All(length => length > 1) => OnnxOperators.Apply(
                trace,
                "upsample_bilinear2d",
                x,
                OnnxOperators.Wholes(size),
                false
            ),
            ("linear", "align_corners") => OnnxOperators.Apply(
                trace,
                "upsample_bilinear2d",
                x,
                OnnxOperators.Wholes(size),
                true
            ),
            _ => throw node.Unusable("grid"),
        };
    }

    // By whole factors: others would be another grid than that of the size they lead to.
    private static long[] Enlarged(OnnxNode node, long[] shape) =>
        node.Input(2) is Cell { Node: null, Value: var scales }
        && scales.numel() == 4
        && scales.data<float>().ToArray() is [1, 1, var y, var x]
        && y == Math.Floor(y)
        && x == Math.Floor(x)
            ? [shape[2] * (long)y, shape[3] * (long)x]
            : throw node.Unusable("size");

    private static long[] Borders(OnnxNode node) =>
        node.Word("auto_pad", "NOTSET") switch
        {
            "SAME_UPPER" => Same(node, upper: true),
            "SAME_LOWER" => Same(node, upper: false),
            "VALID" => [0, 0, 0, 0],
            "NOTSET" when node.Wholes("pads") is { } pads => pads.Length == 4 && pads.All(p => p >= 0)
                ? pads
                : throw node.Unusable("border"),
            "NOTSET" => [0, 0, 0, 0],
            _ => throw node.Unusable("border"),
        };

    // As many results as steps fit into the length, the border shared between both ends.
    private static long[] Same(OnnxNode node, bool upper)
    {
        var kernel = node.Wholes("kernel_shape") ?? node.Cell(1).Value.shape[2..];
        var strides = node.Wholes("strides") ?? [1, 1];
        var lengths = node.Cell(0).Value.shape;
        if (
            kernel.Length != 2
            || strides.Length != 2
            || lengths.Length != 4
            || Pair(node, "dilations").Any(d => d is not 1L)
        )
        {
            throw node.Unusable("border");
        }

        var borders = new long[4];
        for (var axis = 0; axis < 2; axis++)
        {
            var results = (lengths[2 + axis] + strides[axis] - 1) / strides[axis];
            var reach = ((results - 1) * strides[axis]) + kernel[axis];
            var border = Math.Max(0, reach - lengths[2 + axis]);
            borders[axis] = upper ? border / 2 : border - (border / 2);
            borders[2 + axis] = border - borders[axis];
        }

        return borders;
    }

    private static List<object?> Equal(OnnxNode node) =>
        Borders(node) is [var top, var left, var bottom, var right] && (top, left) == (bottom, right)
            ? OnnxOperators.Wholes(top, left)
            : throw node.Unusable("border");

    private static List<object?> Turned(long[] borders) =>
        OnnxOperators.Wholes(borders[1], borders[3], borders[0], borders[2]);

    private static List<object?> Kernel(OnnxNode node) =>
        node.Wholes("kernel_shape") is { Length: 2 } kernel
            ? OnnxOperators.Wholes(kernel)
            : throw node.Unusable("window");

    private static List<object?> Pair(OnnxNode node, string name) =>
        node.Wholes(name) switch
        {
            null => OnnxOperators.Wholes(1, 1),
            { Length: 2 } pair => OnnxOperators.Wholes(pair),
            _ => throw node.Unusable(name),
        };
}
