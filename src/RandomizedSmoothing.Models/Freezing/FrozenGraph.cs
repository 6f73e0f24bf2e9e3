using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// What a program computes when it infers, as a list of operators: modules and functions inlined, conditions decided, what depends
/// on weights alone computed, batch norms folded. Weights in single precision on the processor.
/// </summary>
internal sealed class FrozenGraph : IDisposable
{
    private const int FewRows = 2;
    private const int MoreRows = 3;
    private static readonly TracedOperator Unused = new("unused", [], []);
    private readonly DisposeScope _weights;

    private FrozenGraph(IReadOnlyList<TracedOperator> operators, int logits, DisposeScope weights) =>
        (Operators, Logits, _weights) = (operators, logits, weights);

    /// <summary>In order; the first stands for the images.</summary>
    public IReadOnlyList<TracedOperator> Operators { get; }

    /// <summary>Whose result the logits are.</summary>
    public int Logits { get; }

    /// <summary>Freezes a program.</summary>
    /// <param name="shape">Of the images it shall see.</param>
    /// <param name="record">Applies it to the images of a trace, twice; the node whose result are the logits.</param>
    /// <exception cref="NotFreezableException">It uses something that is not understood here.</exception>
    public static FrozenGraph Of(ImageShape shape, Func<Trace, int> record)
    {
        using var _ = no_grad();
        var weights = NewDisposeScope();
        try
        {
            var (few, logits) = Run(shape, FewRows, record);
            var (more, same) = Run(shape, MoreRows, record);
            if (logits != same)
            {
                throw new NotFreezableException("another result for more rows");
            }

            var written = WrittenOut.Apply(Needed(TraceUnion.Of(few, more), logits));
            var operators = BatchNormFolding.Apply(Needed(written, logits));
            return new FrozenGraph(Needed(operators, logits), logits, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public void Dispose() => _weights.Dispose();

    private static (Trace Trace, int Logits) Run(ImageShape shape, int rows, Func<Trace, int> record)
    {
        var trace = new Trace(
            linspace(0, 1, (long)rows * shape.Dimension).reshape(rows, shape.Channels, shape.Height, shape.Width)
        );
        return (trace, record(trace));
    }

    private static IReadOnlyList<TracedOperator> Needed(IReadOnlyList<TracedOperator> operators, int result)
    {
        var needed = GraphUses.Needed(operators, result);
        return [.. operators.Select((o, i) => needed.Contains(i) ? o : Unused)];
    }
}
