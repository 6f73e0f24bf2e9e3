using RandomizedSmoothing.Models.Freezing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>A result that was not computed.</summary>
internal sealed record Unreadable;

/// <summary>What programs call that is no operator on tensors, or is one only if there is a tensor among its operands.</summary>
internal static class Builtins
{
    // PyTorch's number for single precision.
    private const long Float = 6;
    private const int LongestRange = 100_000;

    /// <summary>Calls a function of <c>torch</c> or <c>prim</c>.</summary>
    /// <exception cref="NotFreezableException">It is not known.</exception>
    public static object? Call(string name, IReadOnlyList<Operand> arguments, Trace trace) =>
        arguments is [{ Value: Cell cell }, ..] ? OnTensor(name, cell, arguments, trace)
        : arguments is [{ Value: IReadOnlyList<object?> list }, ..]
        && Array.TrueForAll([.. list], i => i is Cell)
        && list.Count > 0
            ? OnTensors(name, list, arguments, trace)
        : name == "einsum" ? trace.Apply(name, arguments)
        : PlainFunctions.Call(name, [.. arguments.Select(a => Plain(a.Value))], trace);

    /// <summary>An element of a list.</summary>
    public static object? Item(object? owner, object? index, Trace trace)
    {
        trace.Decide("item", [index]);
        return owner is IReadOnlyList<object?> list && index is long i && i < list.Count && i >= -list.Count
            ? list[(int)(i < 0 ? i + list.Count : i)]
            : throw new NotFreezableException("an index into something else than a list");
    }

    /// <summary>−x.</summary>
    public static object Negate(object? value) =>
        value switch
        {
            long whole => (object)-whole,
            double real => -real,
            _ => throw new NotFreezableException("a minus before something that is no number"),
        };

    private static object? OnTensor(string name, Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        switch (name)
        {
            case "size" when arguments.Count == 1:
                return cell.Value.shape.Select(length => (object?)length).ToList();
            case "size":
                return Item(cell.Value.shape.Select(length => (object?)length).ToList(), arguments[1].Value, trace);
            case "dim":
                return cell.Value.dim();
            case "numel":
                return cell.Value.numel();
            case "len":
                return cell.Value.shape[0];
            case "is_floating_point":
                return cell.Value.is_floating_point();
            case "prim.dtype":
                return (long)cell.Value.dtype;
            case "prim.device":
                return "cpu";
            case "prim.is_cuda" or "prim.is_nested":
                return false;
            case "prim.requires_grad":
                return true;
            case "__is__" or "__isnot__":
                return ReferenceEquals(cell, arguments[1].Value) == (name == "__is__");
            case "instance_norm" when arguments.Count > 5 && arguments[5].Value is false:
                return trace.Apply("batch_norm", arguments);
            case "dropout" or "dropout_" or "feature_dropout" or "feature_dropout_" or "alpha_dropout":
                return Truth(arguments[2].Value) ? throw new NotFreezableException("dropout that drops") : cell;
            case "detach" or "alias" or "contiguous" or "prim.data" or "to" or "type_as":
                return Same(name, cell, arguments);
            case "_convolution":
                return trace.Apply("conv2d", Convolution(arguments));
            case "_convolution_mode":
            case "conv2d" when arguments.Any(a => a is { Value: string }):
                return Padding.Convolve(arguments, trace);
            case "max_pool2d_with_indices" or "adaptive_max_pool2d":
                return Largest(trace.Apply(name.Replace("_with_indices", ""), arguments));
            case "var_mean" or "std_mean":
                return new List<object?> { trace.Apply(name[..3], arguments), Mean(arguments, trace) };
            case "index_select":
                return TensorParts.Picked(cell, arguments, trace);
            case "chunk":
                return TensorParts.Chunks(cell, arguments, trace);
            case "split" or "split_with_sizes":
                return TensorParts.Split(cell, arguments, trace);
            case "unbind":
                return TensorParts.Unbind(cell, arguments, trace);
            case "max" or "min" when arguments.Count > 1:
                return Extreme(name, cell, arguments, trace);
            case "Int" or "int" or "IntImplicit" or "item" or "Float" or "float" or "FloatImplicit" or "ScalarImplicit":
                return NumberOf(name, cell);
            default:
                return trace.Apply(name, arguments);
        }
    }

    private static object? OnTensors(
        string name,
        IReadOnlyList<object?> list,
        IReadOnlyList<Operand> arguments,
        Trace trace
    ) =>
        name switch
        {
            "len" => (long)list.Count,
            "append" => Append(list, arguments[1].Value),
            _ => trace.Apply(name, arguments),
        };

    private static Cell Same(string name, Cell cell, IReadOnlyList<Operand> arguments)
    {
        if (arguments.Any(a => a.Value is Cell { Value.dtype: not ScalarType.Float32 }))
        {
            throw new NotFreezableException("a change of type");
        }

        var type =
            name == "to"
                ? arguments.Skip(1).FirstOrDefault(a => a is { Name: null or "dtype", Value: long }).Value
                : null;
        return type is null or Float
            ? Trace.ViewOf(cell, cell.Node, cell.Value)
            : throw new NotFreezableException("a change of type");
    }

    // Traced programs write convolutions so, with where they would be transposed and what libraries may do.
    private static List<Operand> Convolution(IReadOnlyList<Operand> arguments) =>
        arguments.Count > 8 && !Truth(arguments[6].Value)
            ? [.. arguments.Take(6), arguments[8]]
            : throw new NotFreezableException("a transposed convolution");

    // Along a dimension there are two results; where the values lie, nobody may ask.
    private static object Extreme(string name, Cell cell, IReadOnlyList<Operand> arguments, Trace trace) =>
        arguments[1].Value is Cell
            ? trace.Apply(name == "max" ? "maximum" : "minimum", arguments)
            : Largest(trace.Apply($"a{name}", arguments));

    private static List<object?> Largest(Cell values) => [values, new Unreadable()];

    private static Cell Mean(IReadOnlyList<Operand> arguments, Trace trace)
    {
        var o = new Operands(arguments);
        var dimensions = Reductions.Axes(o, 1).Select(axis => (object?)axis).ToList();
        return trace.Apply("mean", [arguments[0], new(null, dimensions), new(null, o.Truth(3, "keepdim", false))]);
    }

    // Traced programs write numbers as tensors without dimensions.
    private static object? Plain(object? value) =>
        value is Cell { Node: null, Value: var tensor } cell && tensor.dim() == 0
            ? NumberOf(tensor.is_floating_point() ? "float" : "int", cell)
            : value;

    private static object NumberOf(string name, Cell cell)
    {
        if (cell.Node is not null || cell.Value.numel() != 1)
        {
            throw new NotFreezableException("a number read from an image");
        }

        using var real = cell.Value.to(ScalarType.Float64);
        var value = real.item<double>();
        return name is "Float" or "float" or "FloatImplicit" || value != Math.Floor(value)
            ? value
            : (object)(long)value;
    }

    internal static object? Append(IReadOnlyList<object?> list, object? item)
    {
        ((List<object?>)list).Add(item);
        return list;
    }

    internal static bool Truth(object? value) =>
        value as bool? ?? throw new NotFreezableException("a condition on something that is no truth value");

    internal static List<object?> Range(IReadOnlyList<object?> arguments)
    {
        var numbers = arguments
            .Select(a => a as long? ?? throw new NotFreezableException("a range of something else than numbers"))
            .ToArray();
        var (start, end, step) = numbers switch
        {
            [var e] => (0, e, 1),
            [var s, var e] => (s, e, 1),
            [var s, var e, var by] when by != 0 => (s, e, by),
            _ => throw new NotFreezableException("a range"),
        };
        var items = new List<object?>();
        for (var i = start; step > 0 ? i < end : i > end; i += step)
        {
            items.Add(i);
            if (items.Count > LongestRange)
            {
                throw new NotFreezableException("a range that is too long");
            }
        }

        return items;
    }
}
