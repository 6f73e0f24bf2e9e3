using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Safetensors;
using RandomizedSmoothing.Models.Training;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Training;

public sealed class TrainingTests : IDisposable
{
    private static readonly ImageDataset Digits = EmbeddedDigits.Load("train");
    private static readonly TrainSpec Recipe = new()
    {
        Epochs = 3,
        MaxImages = 300,
        BatchSize = 64,
    };

    private readonly TemporaryFolder _folder = new();

    public TrainingTests() => TorchRuntime.PrepareThread();

    [Fact]
    public void The_same_task_gives_the_same_bytes()
    {
        var task = Task(Recipe);
        var first = Train("a", task);
        var second = Train("b", task);
        second.FileHash.ShouldBe(first.FileHash);
        File.ReadAllBytes(second.Path).ShouldBe(File.ReadAllBytes(first.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_resumed_from_its_checkpoint_ends_with_the_bytes_of_an_undisturbed_one(int epochs)
    {
        var augmented = new Dictionary<string, double>
        {
            ["crop"] = 1,
            ["resizedCrop"] = 0.5,
            ["flip"] = 1,
        };
        var task = Task(Recipe with { Options = augmented });
        using var stop = new CancellationTokenSource();
        var progress = new Reports(p =>
        {
            if (p.Epoch > epochs)
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => Train("killed", task, progress, new HastyClock(), stop.Token));
        var killed = new CacheFolders(Path.Combine(_folder.Path, "killed"));
        Directory.GetFiles(killed.Training).Single().ShouldEndWith(".checkpoint");

        var resumed = new Reports(_ => { });
        var result = Train("killed", task, resumed);
        resumed.First!.Epoch.ShouldBe(epochs + 1);
        result.FileHash.ShouldBe(Train("undisturbed", task).FileHash);
        Directory.GetFiles(killed.Training, "*.checkpoint").ShouldBeEmpty();
        File.ReadAllLines(Path.ChangeExtension(result.Path, ".csv")).Length.ShouldBe(1 + Recipe.Epochs);
    }

    [Fact]
    public void A_trained_model_is_taken_from_the_cache_without_training()
    {
        var task = Task(Recipe);
        var first = Train("a", task);
        var reports = new Reports(_ => { });
        var again = Train("a", task, reports);
        reports.First.ShouldBeNull();
        again.FileHash.ShouldBe(first.FileHash);
        again.Accuracy.ShouldBe(first.Accuracy);
    }

    [Fact]
    public void A_damaged_model_in_the_cache_is_trained_anew()
    {
        var task = Task(Recipe);
        var first = Train("a", task);
        File.WriteAllBytes(first.Path, File.ReadAllBytes(first.Path)[..^9]);
        Train("a", task).FileHash.ShouldBe(first.FileHash);
    }

    [Fact]
    public void A_changed_hyper_parameter_changes_the_key_and_a_name_does_not()
    {
        var key = Task(Recipe).Key;
        Task(Recipe).Key.ShouldBe(key);
        Task(Recipe with { Epochs = 4 }).Key.ShouldNotBe(key);
        Task(Recipe with { LearningRate = 0.051 }).Key.ShouldNotBe(key);
        Task(Recipe with { Options = new Dictionary<string, double> { ["flip"] = 1 } }).Key.ShouldNotBe(key);
        Task(Recipe, sigma: 0.5).Key.ShouldNotBe(key);
        Task(Recipe, seed: 8).Key.ShouldNotBe(key);
        Task(Recipe with { Options = new Dictionary<string, double> { ["momentum"] = 0.9 } }).Key.ShouldBe(key);
        Task(Recipe with { SigmaKind = TrainSigmaKind.None }).Key.ShouldBe(key);
    }

    [Fact]
    public void Mixed_precision_learns_resumes_exactly_and_leaves_single_precision_weights()
    {
        var task = Task(Recipe with { Options = new Dictionary<string, double> { ["mixedPrecision"] = 1 } });
        task.Key.ShouldNotBe(Task(Recipe).Key);
        using var stop = new CancellationTokenSource();
        var progress = new Reports(p =>
        {
            if (p.Epoch > 1)
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => Train("killed", task, progress, cancellation: stop.Token));
        var resumed = Train("killed", task);
        resumed.FileHash.ShouldBe(Train("undisturbed", task).FileHash);
        resumed.FileHash.ShouldNotBe(Train("single", Task(Recipe)).FileHash);
        SafetensorsFile
            .Read(resumed.Path)
            .Entries.Where(e => e.Key.EndsWith("weight", StringComparison.Ordinal))
            .ShouldAllBe(e => e.Value.Type == ScalarType.Float32);
    }

    [Theory]
    [InlineData("gaussian", "momentun", 0.5, "momentun")]
    [InlineData("gaussian", "flip", 2, "flip")]
    [InlineData("magic", "flip", 1, "magic")]
    public void What_a_recipe_does_not_take_is_named(string recipe, string option, double value, string named)
    {
        var spec = Recipe with
        {
            Recipe = recipe,
            Options = new Dictionary<string, double> { [option] = value },
        };
        Should.Throw<UserErrorException>(() => Task(spec)).Message.ShouldContain($"'{named}'".Trim('\''));
    }

    [Fact]
    public void A_diverging_run_says_which_number_to_lower_and_leaves_no_model()
    {
        var unguarded = new Dictionary<string, double> { ["warmup"] = 0, ["clipNorm"] = 0 };
        var task = Task(Recipe with { LearningRate = 100, Epochs = 8, Options = unguarded });
        var error = Should.Throw<UserErrorException>(() => Train("a", task));
        error.Message.ShouldContain("learningRate");
        Directory.Exists(Path.Combine(_folder.Path, "a", "training")).ShouldBeFalse();
    }

    [Fact]
    public void Training_leaves_no_tensor_behind()
    {
        var statistics = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics;
        Train("a", Task(Recipe));
        var before = statistics.ThreadTotalLiveCount;
        Train("b", Task(Recipe));
        statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void A_training_that_is_called_off_goes_on_at_another_node_to_the_same_weights()
    {
        var task = Task(Recipe);
        var whole = Train("a", task);
        using var stop = new CancellationTokenSource();
        var leaving = new Reports(report =>
        {
            if (report.Epoch == 3)
            {
                stop.Cancel();
            }
        });

        var handed = Should.Throw<TrainingHandedBackException>(() =>
            Train("b", task, leaving, new HastyClock(), stop.Token)
        );
        var caches = new[] { "b", "c" }.Select(n => new CacheFolders(Path.Combine(_folder.Path, n))).ToArray();
        var store = new ArtifactCache(caches[1].Artifacts);
        store.Publish(new ArtifactCache(caches[0].Artifacts).Obtain(handed.Checkpoint, default), default);
        var next = new Reports(_ => { });
        var trainer = new Trainer(caches[1], store, CPU, TimeProvider.System) { Checkpoint = handed.Checkpoint };

        trainer.Train(task, () => Digits, next, default).FileHash.ShouldBe(whole.FileHash);
        next.First.ShouldNotBeNull().Epoch.ShouldBe(3);
        store.Find(handed.Checkpoint).ShouldBeNull();
    }

    [Fact]
    public void A_checkpoint_that_nobody_takes_is_no_failure_of_the_training()
    {
        using var stop = new CancellationTokenSource();
        var leaving = new Reports(report =>
        {
            if (report.Epoch == 3)
            {
                stop.Cancel();
            }
        });
        var cache = new CacheFolders(Path.Combine(_folder.Path, "a"));
        var trainer = new Trainer(cache, new LonelyStore(), CPU, new HastyClock());

        Should
            .Throw<OperationCanceledException>(() => trainer.Train(Task(Recipe), () => Digits, leaving, stop.Token))
            .ShouldNotBeOfType<TrainingHandedBackException>();

        Directory.GetFiles(cache.Training).ShouldHaveSingleItem().ShouldEndWith(".checkpoint");
    }

    [Fact]
    public void A_checkpoint_that_nobody_has_costs_the_epochs_and_no_more()
    {
        var task = Task(Recipe);
        var whole = Train("a", task);
        var cache = new CacheFolders(Path.Combine(_folder.Path, "b"));
        var lost = new Trainer(cache, new ArtifactCache(cache.Artifacts), CPU, TimeProvider.System)
        {
            Checkpoint = new ContentHash(new string('0', 64)),
        };

        lost.Train(task, () => Digits, new Reports(_ => { }), default).FileHash.ShouldBe(whole.FileHash);
    }

    public void Dispose() => _folder.Dispose();

    private static TrainingTask Task(TrainSpec recipe, double sigma = 0.25, ulong seed = 7) =>
        TrainingTaskFactory.Create(
            new ModelSpec
            {
                Name = "digit-model",
                Architecture = "small-conv",
                Train = recipe,
            },
            new DatasetSpec { Name = "digits" },
            DatasetCatalogue.Describe(Digits, new DatasetSpec { Name = "digits", Split = "train" }),
            "gaussian",
            sigma,
            seed
        );

    private TrainingResult Train(
        string node,
        TrainingTask task,
        IProgress<TrainingProgress>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default
    )
    {
        var cache = new CacheFolders(Path.Combine(_folder.Path, node));
        var trainer = new Trainer(cache, new ArtifactCache(cache.Artifacts), CPU, time ?? TimeProvider.System);
        return trainer.Train(task, () => Digits, progress ?? new Reports(_ => { }), cancellation);
    }

    /// <summary>The store of a node whose control nodes have gone.</summary>
    private sealed class LonelyStore : IArtifactStore
    {
        public string? Find(ContentHash hash) => null;

        public string Obtain(ContentHash hash, CancellationToken cancellation) => throw Gone();

        public ContentHash Publish(string path, CancellationToken cancellation) => throw Gone();

        public ContentHash Publish(Action<Stream> write, CancellationToken cancellation) => throw Gone();

        public void Discard(ContentHash hash) { }

        private static UserErrorException Gone() => new("It could not be given to any control node.") { ExitCode = 1 };
    }

    private sealed class Reports(Action<TrainingProgress> onReport) : IProgress<TrainingProgress>
    {
        public TrainingProgress? First { get; private set; }

        public void Report(TrainingProgress value)
        {
            First ??= value;
            onReport(value);
        }
    }

    private sealed class HastyClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency * 3600);
    }
}
