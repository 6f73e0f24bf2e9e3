namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Functions that take a tensor apart along a dimension.</summary>
internal static class TensorParts
{
    /// <summary><c>torch.chunk</c>, of parts of one length.</summary>
    public static List<object?> Chunks(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        var o = new Operands(arguments);
        var (count, dim) = (o.Whole(1, "chunks"), o.Whole(2, "dim", 0));
        var length = LengthOf(cell, dim);
        return count < 1 || length % count != 0
            ? throw new NotFreezableException("chunks of different lengths")
            : Slices(cell, dim, Enumerable.Repeat(length / count, (int)count), trace);
    }

    /// <summary><c>torch.split</c>, by one length or by many.</summary>
    public static List<object?> Split(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        var o = new Operands([new(null, null), .. arguments.Skip(1)]);
        var (sizes, dim) = (o.Wholes(1, arguments[1].Name ?? ""), o.Whole(2, "dim", 0));
        var length = LengthOf(cell, dim);
        if (arguments[1].Value is long each)
        {
            sizes =
                each > 0 && length % each == 0
                    ? [.. Enumerable.Repeat(each, (int)(length / each))]
                    : throw new NotFreezableException("parts of different lengths");
        }

        return sizes.Sum() == length
            ? Slices(cell, dim, sizes, trace)
            : throw new NotFreezableException("parts that are not the whole");
    }

    /// <summary><c>torch.unbind</c>.</summary>
    public static List<object?> Unbind(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        var dim = new Operands(arguments).Whole(1, "dim", 0);
        return
        [
            .. Enumerable
                .Range(0, (int)LengthOf(cell, dim))
                .Select(i => trace.Apply("select", [new(null, cell), new(null, dim), new(null, (long)i)])),
        ];
    }

    /// <summary>The length of a dimension, counted from the last where it is negative.</summary>
    public static long LengthOf(Cell cell, long dim) =>
        dim < cell.Value.dim() && dim >= -cell.Value.dim()
            ? cell.Value.shape[dim < 0 ? dim + cell.Value.dim() : dim]
            : throw new NotFreezableException("a dimension that is not there");

    /// <summary>Parts of these lengths, one after another.</summary>
    public static List<object?> Slices(Cell cell, long dim, IEnumerable<long> lengths, Trace trace)
    {
        var parts = new List<object?>();
        var start = 0L;
        foreach (var length in lengths)
        {
            parts.Add(
                trace.Apply(
                    "slice",
                    [new(null, cell), new(null, dim), new(null, start), new(null, start + length), new(null, 1L)]
                )
            );
            start += length;
        }

        return parts;
    }
}
