using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// What a TorchScript program computes when it infers, as a list of operators: modules and functions inlined, conditions decided,
/// what depends on weights alone computed, batch norms folded. Weights in single precision on the processor.
/// </summary>
/// <remarks>
/// The work of <c>torch.jit.freeze</c>, which TorchSharp does not wrap, done on the archive itself, so that every platform comes to
/// the same network.
/// </remarks>
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

    /// <summary>Freezes the program of a file.</summary>
    /// <param name="path">An archive that <see cref="ScriptArchive"/> found whole.</param>
    /// <param name="shape">Of the images it shall see.</param>
    /// <exception cref="NotFreezableException">It uses something that is not understood here.</exception>
    public static FrozenGraph Of(string path, ImageShape shape)
    {
        using var _ = no_grad();
        using var file = new ScriptFile(path);
        var weights = NewDisposeScope();
        try
        {
            var values = new ScriptValues(file);
            var (few, logits) = Run(file, values, shape, FewRows);
            var (more, same) = Run(file, values, shape, MoreRows);
            if (logits != same)
            {
                throw new NotFreezableException("another result for more rows");
            }

            var operators = BatchNormFolding.Apply(Needed(TraceUnion.Of(few, more), logits));
            return new FrozenGraph(Needed(operators, logits), logits, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public void Dispose() => _weights.Dispose();

    private static (Trace Trace, int Logits) Run(ScriptFile file, ScriptValues values, ImageShape shape, int rows)
    {
        var trace = new Trace(
            linspace(0, 1, (long)rows * shape.Dimension).reshape(rows, shape.Channels, shape.Height, shape.Width)
        );
        return (trace, ScriptRun.Record(file, values, trace));
    }

    private static IReadOnlyList<TracedOperator> Needed(IReadOnlyList<TracedOperator> operators, int result)
    {
        var needed = GraphUses.Needed(operators, result);
        return [.. operators.Select((o, i) => needed.Contains(i) ? o : Unused)];
    }
}
