using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Functions that take a tensor apart along a dimension.</summary>
internal static class TensorParts
{
    private const int MostParts = 4096;

    /// <summary><c>torch.chunk</c>, of parts of one length.</summary>
    public static List<object?> Chunks(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        var o = new Operands(arguments);
        var (count, dim) = (o.Whole(1, "chunks"), o.Whole(2, "dim", 0));
        var length = LengthOf(cell, dim);
        return count is < 1 or > MostParts || length % count != 0
            ? throw new NotFreezableException("chunks of different lengths")
            : Slices(cell, dim, Equal(length, length / count), trace);
    }

    /// <summary><c>torch.split</c>, by one length or by many.</summary>
    public static List<object?> Split(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        if (arguments is not [_, { Name: null, Value: var sizes }, ..])
        {
            throw new NotFreezableException("parts of lengths with a name");
        }

        var o = new Operands(arguments);
        var dim = o.Whole(2, "dim", 0);
        var length = LengthOf(cell, dim);
        return Slices(cell, dim, sizes is long each ? Equal(length, each) : o.Wholes(1, "split_sizes"), trace);
    }

    /// <summary><c>torch.unbind</c>.</summary>
    public static List<object?> Unbind(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        var dim = new Operands(arguments).Whole(1, "dim", 0);
        if (LengthOf(cell, dim) > MostParts)
        {
            throw TooMany();
        }

        return
        [
            .. Enumerable
                .Range(0, (int)LengthOf(cell, dim))
                .Select(i => trace.Apply("select", [new(null, cell), new(null, dim), new(null, (long)i)])),
        ];
    }

    /// <summary><c>torch.index_select</c> by places that the program knows.</summary>
    public static Cell Picked(Cell cell, IReadOnlyList<Operand> arguments, Trace trace)
    {
        if (arguments is not [_, _, { Value: Cell { Node: null, Value: { dtype: ScalarType.Int64 } places } }])
        {
            throw new NotFreezableException("places that depend on an image");
        }

        return Picked(cell, new Operands(arguments).Whole(1, "dim"), places.data<long>().ToArray(), trace);
    }

    /// <summary>Some places of a dimension, in any order.</summary>
    public static Cell Picked(Cell cell, long dim, IReadOnlyList<long> places, Trace trace)
    {
        var length = LengthOf(cell, dim);
        if (places.Count > MostParts || places.Any(place => place < -length || place >= length))
        {
            throw new NotFreezableException("places that are not there");
        }

        var parts = places
            .Select(place => place < 0 ? place + length : place)
            .Select(place =>
                (object?)
                    trace.Apply(
                        "slice",
                        [new(null, cell), new(null, dim), new(null, place), new(null, place + 1), new(null, 1L)]
                    )
            );
        return trace.Apply("cat", [new(null, parts.ToList()), new(null, dim)]);
    }

    /// <summary>The length of a dimension, counted from the last where it is negative.</summary>
    public static long LengthOf(Cell cell, long dim) =>
        dim < cell.Value.dim() && dim >= -cell.Value.dim()
            ? cell.Value.shape[dim < 0 ? dim + cell.Value.dim() : dim]
            : throw new NotFreezableException("a dimension that is not there");

    /// <summary>As many parts of one length as there are.</summary>
    /// <exception cref="NotFreezableException">The last would be shorter, or they are too many.</exception>
    public static long[] Equal(long length, long each) =>
        each < 1 || length % each != 0 ? throw new NotFreezableException("parts of different lengths")
        : length / each > MostParts ? throw TooMany()
        : [.. Enumerable.Repeat(each, (int)(length / each))];

    /// <summary>Parts of these lengths, one after another, that are the whole.</summary>
    public static List<object?> Slices(Cell cell, long dim, IReadOnlyList<long> lengths, Trace trace)
    {
        var whole = LengthOf(cell, dim);
        if (lengths.Count > MostParts || lengths.Any(length => length < 0 || length > whole) || lengths.Sum() != whole)
        {
            throw new NotFreezableException("parts that are not the whole");
        }

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

    private static NotFreezableException TooMany() => new("too many parts");
}
