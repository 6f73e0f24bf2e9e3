using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Another operator's result as an operand.</summary>
internal readonly record struct NodeResult(int Node);

/// <summary>A whole number that is so many times the rows of the batch.</summary>
internal readonly record struct RowMultiple(long Times);

/// <summary>A constant of as many rows as the batch, which are all the same.</summary>
/// <param name="Row">1 × what a row has.</param>
internal sealed record RepeatedRow(Tensor Row)
{
    /// <summary>The constant for a number of rows, as a view.</summary>
    public Tensor For(long rows) => Row.expand([rows, .. Row.shape[1..]]);
}

/// <summary>An operator of a program with everything that it is applied to.</summary>
/// <param name="Name">The operator's.</param>
/// <param name="Operands">
/// Numbers, strings, lists, constant tensors, <see cref="NodeResult"/> of earlier ones, <see cref="RowMultiple"/> and
/// <see cref="RepeatedRow"/>.
/// </param>
/// <param name="Shape">Of its result, for the rows that were traced.</param>
internal sealed record TracedOperator(string Name, IReadOnlyList<Operand> Operands, long[] Shape);

/// <summary>Memory that variables of a program share.</summary>
internal sealed class SharedMemory
{
    /// <summary>How many variables have been seen to lie in it.</summary>
    public int Views { get; set; } = 1;
}

/// <summary>A tensor of a running program: assigned to many names, changed in place for all of them.</summary>
/// <param name="node">What computes it; null for a constant.</param>
/// <param name="value">Its value for the example that is traced.</param>
/// <param name="memory">What it lies in.</param>
internal sealed class Cell(int? node, Tensor value, SharedMemory memory)
{
    /// <summary>What computes it; null for a constant.</summary>
    public int? Node { get; set; } = node;

    /// <summary>Its value for the example that is traced.</summary>
    public Tensor Value { get; set; } = value;

    /// <summary>What it lies in.</summary>
    public SharedMemory Memory { get; } = memory;
}

/// <summary>
/// The operators that a program applied to one example, in order. What depends on constants alone is computed here and now; what
/// changes a tensor in place becomes an operator with a new result, which is right as long as no other tensor shares its memory.
/// </summary>
internal sealed class Trace
{
    /// <summary>The node that stands for the images.</summary>
    public const int Input = 0;

    private readonly List<TracedOperator> _operators;
    private readonly List<Decision> _decisions = [];

    /// <param name="images">The example.</param>
    public Trace(Tensor images)
    {
        _operators = [new TracedOperator("input", [], images.shape)];
        Images = new Cell(Input, images, new SharedMemory());
    }

    /// <summary>The images.</summary>
    public Cell Images { get; }

    /// <summary>The operators; the first stands for the images.</summary>
    public IReadOnlyList<TracedOperator> Operators => _operators;

    /// <summary>What was decided on the way: it has to be the same for every number of rows.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>Notes that something depends on values in another way than in proportion: a comparison, an index, a rounding.</summary>
    public void Decide(string what, IEnumerable<object?> values) => _decisions.Add(new Decision(what, [.. values]));

    /// <summary>Applies an operator; a name that ends in _ changes its first operand.</summary>
    /// <exception cref="NotFreezableException">It is not known, or changes what it must not.</exception>
    public Cell Apply(string name, IReadOnlyList<Operand> operands)
    {
        var inPlace = name.EndsWith('_');
        var known =
            Freezing.Operators.Find(inPlace ? name[..^1] : name)
            ?? throw new NotFreezableException($"the operator {name}, which is not known here");
        var values = operands.Select(o => o with { Value = ValueOf(o.Value) }).ToList();
        Tensor result;
        try
        {
            result = known.Apply(new Operands(values));
        }
        catch (Exception e)
            when (e
                    is System.Runtime.InteropServices.ExternalException
                        or ArgumentException
                        or InvalidOperationException
            )
        {
            throw new NotFreezableException($"{name}, which cannot be applied here");
        }

        int? node = null;
        if (operands.Any(o => DependsOnImages(o.Value)))
        {
            node = _operators.Count;
            var recorded = operands.Select(o => o with { Value = OperandOf(o.Value) }).ToList();
            _operators.Add(new TracedOperator(inPlace ? name[..^1] : name, recorded, result.shape));
        }

        return inPlace ? Change((Cell)operands[0].Value!, node, result)
            : known.IsView ? ViewOf((Cell)operands[0].Value!, node, result)
            : new Cell(node, result, new SharedMemory());
    }

    /// <summary>The same tensor under another name whose memory may or may not be its own.</summary>
    public static Cell ViewOf(Cell cell, int? node, Tensor value)
    {
        cell.Memory.Views++;
        return new Cell(node, value, cell.Memory);
    }

    private static Cell Change(Cell cell, int? node, Tensor result)
    {
        if (cell.Node is null || cell.Memory.Views > 1 || !cell.Value.shape.SequenceEqual(result.shape))
        {
            throw new NotFreezableException("a tensor that is changed in place under two names");
        }

        (cell.Node, cell.Value) = (node, result);
        return cell;
    }

    // The first to go through the operands: a list may hold itself.
    private static object? ValueOf(object? value)
    {
        NotFreezableException.ThrowIfDeep();
        return value switch
        {
            Cell cell => cell.Value,
            IReadOnlyList<object?> list => list.Select(ValueOf).ToList(),
            _ => value,
        };
    }

    private static bool DependsOnImages(object? value) =>
        value switch
        {
            Cell cell => cell.Node is not null,
            IReadOnlyList<object?> list => list.Any(DependsOnImages),
            _ => false,
        };

    private static object? OperandOf(object? value) =>
        value switch
        {
            Cell { Node: { } node } => new NodeResult(node),
            Cell cell => cell.Value,
            IReadOnlyList<object?> list => list.Select(OperandOf).ToList(),
            _ => value,
        };
}
