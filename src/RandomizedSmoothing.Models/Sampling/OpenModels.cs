using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>The base classifiers that one device keeps open, the least recently used given up first.</summary>
internal sealed class OpenModels(int capacity, IArtifactStore artifacts, Device device, Action<string>? warn)
    : IDisposable
{
    private readonly LinkedList<(Key Key, BaseClassifier Model)> _open = new();

    /// <summary>The base classifier of a cell, from its file in the artifact store.</summary>
    /// <exception cref="Core.UserErrorException">The file is nowhere, or does not fit the data set.</exception>
    public BaseClassifier Get(ShardAssignment assignment, CancellationToken cancellation)
    {
        var (sweep, cell) = (assignment.Sweep, assignment.Cell);
        var model = sweep.ModelOf(cell);
        var dataset = sweep.DatasetOf(cell);
        var rows = BatchRows.Of(sweep, cell);
        var fit = new ModelFit(dataset.Shape, dataset.Classes, rows);
        var key = new Key(assignment.ModelFile, model.Key, sweep.Execution.Precision, fit);
        for (var node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Key == key)
            {
                _open.Remove(node);
                _open.AddFirst(node);
                return node.Value.Model;
            }
        }

        var path = artifacts.Obtain(assignment.ModelFile, cancellation);
        var opened = ModelLoader.Open(path, model.Spec, fit, device, sweep.Execution.Precision, RouteOf(model));
        if (opened.Device.type != device.type)
        {
            warn?.Invoke(
                $"'{model.Spec.File ?? model.Name}' is computed on the processor and not on {device}: ONNX Runtime has no other device here. "
                    + "Its votes are the same; as TorchScript it would be faster."
            );
        }

        _open.AddFirst((key, opened));
        while (_open.Count > Math.Max(1, capacity))
        {
            _open.Last!.Value.Model.Dispose();
            _open.RemoveLast();
        }

        return opened;
    }

    // Definitions of earlier versions do not say; programs computed themselves then.
    private static ClassifierRoute RouteOf(ModelReference model) => model.Route ?? ClassifierRoute.Program;

    public void Dispose()
    {
        foreach (var (_, model) in _open)
        {
            model.Dispose();
        }

        _open.Clear();
    }

    private sealed record Key(ContentHash File, ContentHash Model, Precision Precision, ModelFit Fit);
}
