using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>What ONNX graphs compute with whole numbers: the shapes of tensors, taken apart and put together.</summary>
internal static class OnnxShapes
{
    /// <summary>The result of an operator without tensors.</summary>
    /// <exception cref="NotFreezableException">It is not understood.</exception>
    public static object? Apply(OnnxNode node, Trace trace)
    {
        if (
            node.Type is "Gather" or "Slice"
            || (node.Type == "Div" && node.Inputs is [long a, long and not 0 and var b] && a % b != 0)
        )
        {
            trace.Decide(node.Type, node.Inputs.Skip(node.Type == "Div" ? 0 : 1));
        }

        return node.Type switch
        {
            "Constant" => Constant(node),
            "Identity" => node.Input(0),
            "Cast" when node.Whole("to", 0) is 6 or 7 => node.Input(0),
            "Gather" when node.Whole("axis", 0) == 0 => Gather(node),
            "Unsqueeze" when node.Input(0) is long whole => new List<object?> { whole },
            "Squeeze" when List(node, 0) is [var only] => only,
            "Concat" => node.Inputs.SelectMany((_, i) => List(node, i)).ToList(),
            "Slice" when Reaches(node, out var start, out var end) => List(node, 0)
                .Skip(start)
                .Take(end - start)
                .ToList(),
            "ReduceProd" => List(node, 0).Cast<long>().Aggregate(1L, (a, b) => checked(a * b)),
            "Add" or "Sub" or "Mul" or "Div" => Arithmetic(node),
            _ => throw new NotFreezableException($"the operator {node.Type} on whole numbers"),
        };
    }

    /// <summary>The shape that a reshape asks for: 0 keeps a length.</summary>
    public static long[] Reshaped(OnnxNode node, long[] shape)
    {
        var asked = node.Wholes("shape", 1) ?? throw node.Unusable("shape");
        return node.Whole("allowzero", 0) != 0
            ? throw node.Unusable("shape")
            :
            [
                .. asked.Select(
                    (length, i) =>
                        length != 0 ? length
                        : i < shape.Length ? shape[i]
                        : throw node.Unusable("shape")
                ),
            ];
    }

    private static object? Constant(OnnxNode node) =>
        node.Find("value")?.T is { } tensor ? node.Weights.Of(tensor)
        : node.Find("value_int") is { } whole ? whole.I
        : node.Wholes("value_ints") is { } wholes ? wholes.Select(n => (object?)n).ToList()
        : throw node.Unusable("value");

    private static object? Gather(OnnxNode node)
    {
        var list = List(node, 0);
        object? At(object? index) =>
            index is long i && i < list.Count && i >= -list.Count
                ? list[(int)(i < 0 ? i + list.Count : i)]
                : throw node.Unusable("index");
        return node.Input(1) is IReadOnlyList<object?> indices ? indices.Select(At).ToList() : At(node.Input(1));
    }

    private static object? Arithmetic(OnnxNode node)
    {
        if (node.Input(0) is long a && node.Input(1) is long b)
        {
            return node.Type switch
            {
                "Add" => checked(a + b),
                "Sub" => checked(a - b),
                "Mul" => checked(a * b),
                _ when b != 0 => a / b,
                _ => throw node.Unusable("divisor"),
            };
        }

        throw node.Unusable("operands");
    }

    private static bool Reaches(OnnxNode node, out int start, out int end)
    {
        var count = List(node, 0).Count;
        int Place(long at) => (int)Math.Clamp(at < 0 ? at + count : at, 0, count);
        (start, end) = (0, 0);
        if (
            node.Wholes("starts", 1) is not [var first]
            || node.Wholes("ends", 2) is not [var last]
            || node.Wholes("steps", 4) is not (null or [1])
        )
        {
            return false;
        }

        (start, end) = (Place(first), Math.Max(Place(first), Place(last)));
        return true;
    }

    private static IReadOnlyList<object?> List(OnnxNode node, int place) =>
        node.Input(place) as IReadOnlyList<object?> ?? throw node.Unusable($"input {place}");
}
