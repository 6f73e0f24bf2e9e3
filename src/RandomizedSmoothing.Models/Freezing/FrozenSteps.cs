using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Inference;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>One pass over memory of a frozen program.</summary>
/// <param name="result">Whose result it leaves.</param>
/// <param name="reads">The results that it reads.</param>
internal abstract class FrozenStep(int result, IReadOnlyList<int> reads) : IDisposable
{
    /// <summary>Whose result it leaves.</summary>
    public int Result { get; } = result;

    /// <summary>The results that it reads.</summary>
    public IReadOnlyList<int> Reads { get; } = reads;

    /// <summary>What nobody reads after it.</summary>
    public IReadOnlyList<int> Releases { get; set; } = [];

    /// <summary>Computes.</summary>
    /// <param name="results">What has been computed so far.</param>
    /// <param name="rows">Rows of the batch.</param>
    public abstract Tensor Run(Tensor?[] results, long rows);

    /// <summary>Frees weights.</summary>
    public abstract void Dispose();
}

/// <summary>A result in other numbers.</summary>
/// <param name="result">What it leaves.</param>
/// <param name="read">What it reads.</param>
/// <param name="arithmetic">Which.</param>
internal sealed class CastStep(int result, int read, Arithmetic arithmetic) : FrozenStep(result, [read])
{
    public override Tensor Run(Tensor?[] results, long rows) => arithmetic.Convert(results[read]!);

    public override void Dispose() { }
}

/// <summary>A convolution, with the sum and the ReLU that follow it.</summary>
/// <param name="result">Whose result it leaves.</param>
/// <param name="input">What is convolved.</param>
/// <param name="sum">What is added to; null for nothing.</param>
/// <param name="relu">Whether negative values become zero.</param>
/// <param name="convolution">Taken over.</param>
internal sealed class ConvolutionStep(int result, int input, int? sum, bool relu, FinalConvolution convolution)
    : FrozenStep(result, sum is { } added ? [input, added] : [input])
{
    /// <summary>What is added to; null for nothing.</summary>
    public int? Sum { get; } = sum;

    /// <summary>What is convolved.</summary>
    public int Input { get; } = input;

    /// <summary>Whether the sum may be overwritten by the result.</summary>
    public bool Overwrites { get; set; }

    public override Tensor Run(Tensor?[] results, long rows)
    {
        var input = results[Input]!;
        if (Sum is not { } place)
        {
            return convolution.Apply(input, relu);
        }

        var sum = results[place]!;
        return convolution.AddTo(sum, input, relu, Overwrites && sum.stride()[1] == 1);
    }

    public override void Dispose() => convolution.Dispose();
}

/// <summary>Any other operator.</summary>
/// <param name="result">Whose result it leaves.</param>
/// <param name="traced">What it is and what it is applied to, weights on the device and taken over.</param>
/// <param name="arithmetic">In which numbers.</param>
internal sealed class OperatorStep(int result, TracedOperator traced, Arithmetic arithmetic)
    : FrozenStep(result, [.. GraphUses.Read(traced)])
{
    private readonly Operator _operator = Freezing.Operators.Find(traced.Name)!;

    /// <summary>Whether its result may share memory with what it reads.</summary>
    public bool IsView => _operator.IsView;

    public override Tensor Run(Tensor?[] results, long rows)
    {
        var operands = traced.Operands.Select(o => o with { Value = ValueOf(o.Value, results, rows) });
        var result = _operator.Apply(new Operands([.. operands]));
        return IsView || !result.is_floating_point() ? result : arithmetic.Settle(result);
    }

    public override void Dispose()
    {
        foreach (var weight in traced.Operands.SelectMany(o => Weights(o.Value)))
        {
            weight.Dispose();
        }
    }

    private static object? ValueOf(object? value, Tensor?[] results, long rows) =>
        value switch
        {
            NodeResult result => results[result.Node],
            RowMultiple multiple => multiple.Times * rows,
            RepeatedRow repeated => repeated.For(rows),
            IReadOnlyList<object?> list => list.Select(item => ValueOf(item, results, rows)).ToList(),
            _ => value,
        };

    private static IEnumerable<Tensor> Weights(object? value) =>
        value switch
        {
            Tensor tensor => [tensor],
            RepeatedRow repeated => [repeated.Row],
            IReadOnlyList<object?> list => list.SelectMany(Weights),
            _ => [],
        };
}
