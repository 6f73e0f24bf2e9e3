using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>The operators of ONNX in terms of libtorch's (<see cref="Operators"/>).</summary>
internal static class OnnxOperators
{
    private static readonly Dictionary<string, string> Plain = new(StringComparer.Ordinal)
    {
        ["Relu"] = "relu",
        ["Sigmoid"] = "sigmoid",
        ["Tanh"] = "tanh",
        ["HardSwish"] = "hardswish",
        ["Softplus"] = "softplus",
        ["Mish"] = "mish",
        ["Exp"] = "exp",
        ["Log"] = "log",
        ["Sqrt"] = "sqrt",
        ["Neg"] = "neg",
        ["Abs"] = "abs",
        ["Reciprocal"] = "reciprocal",
        ["Erf"] = "erf",
        ["Add"] = "add",
        ["Sub"] = "sub",
        ["Mul"] = "mul",
        ["Div"] = "div",
        ["MatMul"] = "matmul",
    };

    /// <summary>The results of a node, as far as they are of use.</summary>
    /// <exception cref="NotFreezableException">It is not understood.</exception>
    public static IReadOnlyList<object?> Apply(OnnxNode node, Trace trace)
    {
        if (node.Inputs is [not Cell, ..] or [])
        {
            return [OnnxShapes.Apply(node, trace)];
        }

        if (Plain.TryGetValue(node.Type, out var name) && node.Inputs.All(input => input is Cell))
        {
            return [trace.Apply(name, [.. node.Inputs.Select(input => new Operand(null, input))])];
        }

        object? T(string op, params object?[] operands) => Apply(trace, op, operands);
        var x = node.Cell(0);
        return node.Type switch
        {
            "Shape" => [OnnxShapes.Shape(node, x.Value.shape)],
            "Identity" => [Trace.ViewOf(x, x.Node, x.Value)],
            "Dropout" when node.Input(2) is null && (node.Opset > 6 || node.Whole("is_test", 0) != 0) =>
            [
                Trace.ViewOf(x, x.Node, x.Value),
            ],
            "Cast" when node.Whole("to", 0) == 1 => [Trace.ViewOf(x, x.Node, x.Value)],
            "Conv" => [OnnxWindows.Convolve(node, trace)],
            "MaxPool" => [OnnxWindows.MaxPool(node, trace)],
            "AveragePool" => [OnnxWindows.AveragePool(node, trace)],
            "GlobalAveragePool" when x.Value.dim() == 4 => [T("adaptive_avg_pool2d", x, Wholes(1, 1))],
            "GlobalMaxPool" when x.Value.dim() == 4 => [T("amax", x, Wholes(2, 3), true)],
            "BatchNormalization" when node.Whole("training_mode", 0) == 0 && node.Whole("spatial", 1) == 1 =>
            [
                T(
                    "batch_norm",
                    x,
                    node.Cell(1),
                    node.Cell(2),
                    node.Cell(3),
                    node.Cell(4),
                    false,
                    0.1,
                    node.Number("epsilon", 1e-5),
                    true
                ),
            ],
            "LayerNormalization" when node.Whole("axis", -1) is -1 =>
            [
                T(
                    "layer_norm",
                    x,
                    Wholes(x.Value.shape[^1]),
                    node.Cell(1),
                    node.Input(2),
                    node.Number("epsilon", 1e-5)
                ),
            ],
            "InstanceNormalization" =>
            [
                T(
                    "instance_norm",
                    x,
                    node.Cell(1),
                    node.Cell(2),
                    null,
                    null,
                    true,
                    0.1,
                    node.Number("epsilon", 1e-5),
                    true
                ),
            ],
            "Gemm" => [Gemm(node, trace)],
            "LeakyRelu" => [T("leaky_relu", x, node.Number("alpha", 0.01))],
            "Elu" => [T("elu", x, node.Number("alpha", 1))],
            "Gelu" => [trace.Apply("gelu", [new(null, x), new("approximate", node.Word("approximate", "none"))])],
            "HardSigmoid" => [HardSigmoid(node, trace)],
            "PRelu" when Slopes(node) is { } slopes => [T("prelu", x, T("reshape", node.Cell(1), Wholes(slopes)))],
            "Clip" => [T("clamp", x, node.Bound("min", 1), node.Bound("max", 2))],
            "Pow" when node.Bound("exponent", 1) == 2 => [T("square", x)],
            "Softmax" or "LogSoftmax" when SoftmaxAxis(node, x.Value.dim()) is { } axis =>
            [
                T(node.Type == "Softmax" ? "softmax" : "log_softmax", x, axis),
            ],
            "ReduceMean" or "ReduceSum" when node.Wholes("axes", 1) is { Length: > 0 } axes =>
            [
                T(node.Type == "ReduceMean" ? "mean" : "sum", x, Wholes(axes), node.Whole("keepdims", 1) != 0),
            ],
            "ReduceL2" when node.Wholes("axes", 1) is { Length: > 0 } axes =>
            [
                T("linalg_vector_norm", x, 2.0, Wholes(axes), node.Whole("keepdims", 1) != 0),
            ],
            "Einsum" => [T("einsum", node.Word("equation", ""), node.Inputs.ToList())],
            "Sin" => [T("sin", x)],
            "Cos" => [T("cos", x)],
            "ReduceMax" or "ReduceMin" when node.Wholes("axes", 1) is { Length: > 0 } axes =>
            [
                T(node.Type == "ReduceMax" ? "amax" : "amin", x, Wholes(axes), node.Whole("keepdims", 1) != 0),
            ],
            "Max" or "Min" when node.Inputs.Count == 2 =>
            [
                T(node.Type == "Max" ? "maximum" : "minimum", x, node.Cell(1)),
            ],
            "Concat" => [OnnxWindows.Concat(node, trace)],
            "Flatten" when node.Whole("axis", 1) == 1 => [T("flatten", x, 1L)],
            "Reshape" => [T("reshape", x, Wholes(OnnxShapes.Reshaped(node, x.Value.shape, trace)))],
            "Transpose" when node.Wholes("perm") is { } order => [T("permute", x, Wholes(order))],
            "Unsqueeze" when node.Wholes("axes", 1) is [var axis] => [T("unsqueeze", x, axis)],
            "Squeeze" when node.Wholes("axes", 1) is { Length: > 0 } axes =>
            [
                axes.OrderDescending().Aggregate((object?)x, (value, axis) => T("squeeze", value, axis)),
            ],
            "Slice" => [OnnxWindows.Slice(node, trace)],
            "Split" => OnnxWindows.Split(node, trace),
            "Gather" when node.Input(1) is long index => [T("select", x, node.Whole("axis", 0), index)],
            "Gather" when node.Input(1) is IReadOnlyList<object?> { Count: > 0 } list && list.All(i => i is long) =>
            [
                TensorParts.Picked(x, node.Whole("axis", 0), [.. list.Cast<long>()], trace),
            ],
            "Resize" => [OnnxWindows.Resize(node, trace)],
            "Expand" => [T("expand", x, Wholes(OnnxShapes.Expanded(node, x.Value.shape)))],
            "Tile" when node.Input(1) is not null => [T("repeat", x, Wholes(node.Wholes("repeats", 1)!))],
            "Pad" => [OnnxWindows.Pad(node, trace)],
            _ => throw new NotFreezableException($"the operator {node.Type}, which is not known here"),
        };
    }

    /// <summary>Applies an operator of libtorch.</summary>
    public static Cell Apply(Trace trace, string op, params object?[] operands) =>
        trace.Apply(op, [.. operands.Select(o => new Operand(null, o))]);

    /// <summary>Whole numbers as an operand.</summary>
    public static List<object?> Wholes(params long[] numbers) => [.. numbers.Select(n => (object?)n)];

    private static Cell Gemm(OnnxNode node, Trace trace)
    {
        if (node.Number("alpha", 1) != 1 || node.Number("beta", 1) != 1 || node.Whole("transA", 0) != 0)
        {
            throw node.Unusable("factor");
        }

        var weight = node.Whole("transB", 0) != 0 ? node.Cell(1) : Apply(trace, "t", node.Cell(1));
        return node.Input(2) is Cell { Value: var bias } && bias.dim() != 1
            ? throw node.Unusable("bias")
            : Apply(trace, "linear", node.Cell(0), weight, node.Input(2));
    }

    // clip(αx + β, 0, 1)
    private static Cell HardSigmoid(OnnxNode node, Trace trace)
    {
        var scaled = Apply(trace, "mul", node.Cell(0), node.Number("alpha", (double)0.2f));
        return Apply(trace, "clamp", Apply(trace, "add", scaled, node.Number("beta", 0.5)), 0.0, 1.0);
    }

    // Older files mean all axes from one on: no other than the last, then.
    private static long? SoftmaxAxis(OnnxNode node, long axes)
    {
        var axis = node.Whole("axis", node.Opset > 12 ? -1 : 1);
        return node.Opset > 12 || axis == axes - 1 || axis == -1 ? axis : null;
    }

    // One slope, or one a channel: C × 1 × 1.
    private static long[]? Slopes(OnnxNode node)
    {
        var slope = node.Cell(1).Value;
        return slope.numel() == 1 || (slope.dim() == 3 && slope.shape[0] == slope.numel()) ? [slope.numel()] : null;
    }
}
