using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Inference;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>What ONNX graphs compute with whole numbers: the shapes of tensors, taken apart and put together.</summary>
internal static class OnnxShapes
{
    private const int LongestShape = 16;

    /// <summary>The result of an operator without tensors.</summary>
    /// <exception cref="NotFreezableException">It is not understood.</exception>
    public static object? Apply(OnnxNode node, Trace trace)
    {
        if (
            node.Type is "Gather" or "Slice" or "ConstantOfShape"
            || (node.Type == "Div" && node.Inputs is [long a, long and not 0 and var b] && a % b != 0)
        )
        {
            trace.Decide(node.Type, node.Inputs.Skip(node.Type is "Gather" or "Slice" ? 1 : 0));
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
            "Shape" when node.Find("start") is null && node.Find("end") is null => new List<object?>
            {
                (long)List(node, 0).Count,
            },

            // The first length may be -1, for what is left: a list is a list.
            "Reshape" when node.Wholes("shape", 1) is [_] => List(node, 0),
            "ConstantOfShape" when List(node, 0) is [long count and >= 0 and <= LongestShape] => Repeated(node, count),
            "Equal" => Equal(node, trace),
            "Where" => Chosen(node),
            "ReduceProd" => List(node, 0).Cast<long>().Aggregate(1L, (a, b) => checked(a * b)),
            "Add" or "Sub" or "Mul" or "Div" => Arithmetic(node),
            _ => throw new NotFreezableException($"the operator {node.Type} on whole numbers"),
        };
    }

    /// <summary>
    /// The shape that a reshape asks for: 0 keeps a length, and so does the number of images that a file was made for, in front.
    /// </summary>
    public static long[] Reshaped(OnnxNode node, long[] shape, Trace trace)
    {
        var asked = node.Wholes("shape", 1) ?? throw node.Unusable("shape");
        var rows = trace.Images.Value.shape[0];
        bool IsKept(long length, int axis) =>
            length == 0 || (axis == 0 && length == node.FixedRows && shape.Length > 0 && shape[0] == rows);
        return node.Whole("allowzero", 0) != 0
            ? throw node.Unusable("shape")
            :
            [
                .. asked.Select(
                    (length, axis) =>
                        !IsKept(length, axis) ? length
                        : axis < shape.Length ? shape[axis]
                        : throw node.Unusable("shape")
                ),
            ];
    }

    /// <summary>The lengths of a tensor, or some of them.</summary>
    public static List<object?> Shape(OnnxNode node, long[] shape)
    {
        int Place(string name, int otherwise) =>
            node.Whole(name, otherwise) is var at
                ? (int)Math.Clamp(at < 0 ? at + shape.Length : at, 0, shape.Length)
                : 0;
        var start = Place("start", 0);
        return [.. shape.Take(Place("end", shape.Length)).Skip(start).Select(length => (object?)length)];
    }

    /// <summary>The shape that an expansion leads to: the longer of both lengths, where one of them is 1.</summary>
    public static long[] Expanded(OnnxNode node, long[] shape)
    {
        var asked = node.Wholes("shape", 1) ?? throw node.Unusable("shape");
        var axes = Math.Max(asked.Length, shape.Length);
        long At(long[] lengths, int axis) => axis < axes - lengths.Length ? 1 : lengths[axis - axes + lengths.Length];
        return [.. Enumerable.Range(0, axes).Select(axis => At(asked, axis) == 1 ? At(shape, axis) : At(asked, axis))];
    }

    private static List<object?> Repeated(OnnxNode node, long count)
    {
        var value = node.Find("value")?.T is { } tensor ? node.Weights.Of(tensor) : null;
        return value is List<object?> { Count: 1 } only
            ? [.. Enumerable.Repeat(only[0], (int)count)]
            : throw node.Unusable("value");
    }

    private static List<object?> Equal(OnnxNode node, Trace trace)
    {
        List<object?> equal = [.. Pairs(node, 0, 1).Select(pair => (object?)Equals(pair.Left, pair.Right))];
        trace.Decide(node.Type, equal);
        return equal;
    }

    private static List<object?> Chosen(OnnxNode node)
    {
        var (conditions, choices) = (List(node, 0), Pairs(node, 1, 2).ToList());
        return conditions.Count == choices.Count
            ? [.. conditions.Zip(choices, (condition, pair) => condition is true ? pair.Left : pair.Right)]
            : throw node.Unusable("condition");
    }

    // Lists of one length, or one of them a single number.
    private static IEnumerable<(object? Left, object? Right)> Pairs(OnnxNode node, int left, int right)
    {
        static IReadOnlyList<object?>? Items(object? value) =>
            value as IReadOnlyList<object?> ?? (value is long ? [value] : null);
        return (Items(node.Input(left)), Items(node.Input(right))) switch
        {
            ({ } a, { } b) when a.Count == b.Count => a.Zip(b),
            ({ } a, [var b]) => a.Select(item => (item, b)),
            ([var a], { } b) => b.Select(item => (a, item)),
            _ => throw node.Unusable("operands"),
        };
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
        long Of(object? left, object? right) =>
            (node.Type, left, right) switch
            {
                ("Add", long a, long b) => checked(a + b),
                ("Sub", long a, long b) => checked(a - b),
                ("Mul", long a, long b) => checked(a * b),
                ("Div", long a, long b and not 0) => a / b,
                _ => throw node.Unusable("operands"),
            };
        return node.Inputs is [long first, long second]
            ? Of(first, second)
            : Pairs(node, 0, 1).Select(pair => (object?)Of(pair.Left, pair.Right)).ToList();
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
