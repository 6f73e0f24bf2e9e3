using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Training;

/// <summary>A network behind its normalisation; the normalisation is no parameter of it.</summary>
internal sealed class NormalizedNetwork(Module<Tensor, Tensor> network, Normalization normalization, Device device)
    : Module<Tensor, Tensor>("normalized")
{
    private readonly NormalizeLayer _normalize = new(normalization, device);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return network.forward(_normalize.Apply(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Switches batch norm between the statistics of the batch and those gathered so far.</summary>
    public void SetTraining(bool training) => network.train(training);

    protected override void Dispose(bool disposing)
    {
        _normalize.Dispose();
        base.Dispose(disposing);
    }
}
