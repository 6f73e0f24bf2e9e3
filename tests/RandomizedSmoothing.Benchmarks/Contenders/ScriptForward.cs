using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>A TorchScript file for 3×32×32 images on ready-made noisy images, frozen as the product opens it or as it is.</summary>
internal sealed class ScriptForward : IContender
{
    /// <summary>Rows of its batches.</summary>
    public const int Rows = 64;

    private readonly BaseClassifier _classifier;
    private readonly Tensor _noisy;

    /// <param name="path">The file.</param>
    /// <param name="route">What computes.</param>
    /// <param name="precision">Type of weights and activations.</param>
    public ScriptForward(string path, ClassifierRoute route, Precision precision)
    {
        set_num_threads(1);
        TorchRuntime.PrepareThread();
        var model = new ModelSpec { Name = "script", File = path };
        var fit = new ModelFit(new ImageShape(3, 32, 32), Workload.Classes, Rows);
        _classifier = ModelLoader.Open(path, model, fit, CPU, precision, route);
        _noisy = rand(Rows, 3, 32, 32);
    }

    public long Work(WorkClock clock)
    {
        using var inference = inference_mode();
        long draws = 0;
        while (!clock.IsDue)
        {
            using var scope = NewDisposeScope();
            _ = _classifier.Logits(_noisy).argmax(1);
            draws += Rows;
        }

        return draws;
    }

    public void Dispose()
    {
        _noisy.Dispose();
        _classifier.Dispose();
    }
}
