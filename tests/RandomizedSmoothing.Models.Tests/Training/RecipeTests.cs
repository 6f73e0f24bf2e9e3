using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Training;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Training;

public sealed class RecipeTests : IDisposable
{
    private static readonly ImageDataset Digits = EmbeddedDigits.Load("train");
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("gaussian")]
    [InlineData("consistency")]
    [InlineData("smoothadv")]
    [InlineData("macer")]
    [InlineData("stability")]
    public void Every_recipe_learns_the_digits_and_repeats_itself(string recipe)
    {
        RecipeCatalogue.Names.ShouldContain(recipe);
        var options = recipe == "smoothadv" ? new Dictionary<string, double> { ["warmupEpochs"] = 1 } : [];
        var task = TrainingTaskFactory.Create(
            new ModelSpec
            {
                Name = "m",
                Architecture = "small-conv",
                Train = new TrainSpec
                {
                    Recipe = recipe,
                    Epochs = 4,
                    BatchSize = 64,
                    Options = options,
                },
            },
            new DatasetSpec { Name = "digits" },
            DatasetCatalogue.Describe(Digits, new DatasetSpec { Name = "digits", Split = "train" }),
            "gaussian",
            0.25,
            11
        );
        var first = Train("a", task);
        first.Accuracy.ShouldBeGreaterThan(0.7);
        Train("b", task).FileHash.ShouldBe(first.FileHash);
    }

    public void Dispose() => _folder.Dispose();

    private TrainingResult Train(string node, TrainingTask task)
    {
        TorchRuntime.PrepareThread();
        var cache = new CacheFolders(Path.Combine(_folder.Path, node));
        return new Trainer(cache, new ArtifactCache(cache.Artifacts), CPU, TimeProvider.System).Train(
            task,
            () => Digits,
            new Ignored(),
            CancellationToken.None
        );
    }

    private sealed class Ignored : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) { }
    }
}
