using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Inference;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>A TorchScript program as the operators that it comes to, with its weights.</summary>
internal sealed class FrozenClassifier : BaseClassifier
{
    private readonly FrozenPlan _plan;
    private readonly int _logits;

    /// <param name="graph">The frozen program; stays the caller's.</param>
    /// <param name="normalization">What comes before it.</param>
    /// <param name="arithmetic">Where and in which numbers it computes.</param>
    public FrozenClassifier(FrozenGraph graph, Normalization? normalization, Arithmetic arithmetic)
        : base(normalization, arithmetic.Device)
    {
        _plan = FrozenPlan.Of(graph, arithmetic);
        _logits = graph.Logits;
    }

    /// <inheritdoc />
    public override ClassifierRoute Route => ClassifierRoute.Frozen;

    /// <inheritdoc />
    public override bool TakesAnyRows => true;

    /// <inheritdoc />
    protected override Tensor Compute(Tensor input)
    {
        using var scope = NewDisposeScope();
        var results = new Tensor?[_plan.Results];
        results[Trace.Input] = input;
        foreach (var step in _plan.Steps)
        {
            results[step.Result] = step.Run(results, input.shape[0]);
            foreach (var read in step.Releases)
            {
                results[read]!.Dispose();
            }
        }

        return results[_logits]!.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var step in _plan.Steps)
        {
            step.Dispose();
        }
    }
}
