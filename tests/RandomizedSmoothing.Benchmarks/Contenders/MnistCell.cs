using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>LeNet trained on MNIST under noise, and the votes of its test images under any plan.</summary>
internal sealed class MnistCell : IDisposable
{
    private readonly string _folder;
    private readonly IShardRunner _runner;
    private readonly DatasetReference _data;
    private readonly ModelSpec _model;
    private readonly TrainingResult _trained;
    private readonly bool _wall;
    private readonly double _sigma;

    private MnistCell(string device, double sigma, int images, int epochs)
    {
        (_sigma, _wall) = (sigma, device != "cpu");
        _folder = Directory.CreateTempSubdirectory("rsmooth-bench-").FullName;
        var cache = new CacheFolders(_folder);
        var artifacts = new ArtifactCache(cache.Artifacts);
        var catalogue = new DatasetCatalogue(DatasetOptions.FromEnvironment() with { Download = false });
        var spec = new DatasetSpec { Name = "mnist", Skip = 10_000 / images };
        var split = catalogue.Resolve(TrainingTaskFactory.TrainingSplitOf(spec));
        _data = catalogue.Resolve(spec);
        var factory = new TorchShardRunnerFactory(
            new TorchRunnerOptions { Devices = device, Cache = cache },
            artifacts,
            catalogue,
            TimeProvider.System
        );
        _runner = factory.Create(factory.Devices[0]);
        _model = new ModelSpec
        {
            Name = "lenet",
            Architecture = "lenet",
            Train = new TrainSpec { Epochs = epochs },
        };
        var task = TrainingTaskFactory.Create(_model, spec, split, "gaussian", sigma, 1);
        _trained = _runner.Train(task, new Progress<TrainingProgress>(), CancellationToken.None);
    }

    /// <summary>Votes, what they took, and how many they are.</summary>
    public sealed record Counted(IReadOnlyDictionary<int, ImageVotes> Votes, double Seconds)
    {
        /// <summary>Draws of both streams.</summary>
        public long Draws => Votes.Values.Sum(v => v.Selection.Total + v.Estimation.Total);
    }

    /// <exception cref="Core.UserErrorException">MNIST is not here.</exception>
    public static MnistCell Train(string device, double sigma, int images, int epochs) =>
        new(device, sigma, images, epochs);

    /// <summary>Counts the votes of the first images.</summary>
    public Counted Count(CertificationPlan plan, int images)
    {
        var cell = new CellDefinition
        {
            Id = new CellId("mnist/lenet/gaussian"),
            VoteKey = new ContentHash(new string('0', 64)),
            Dataset = _data.Hash,
            Model = _trained.Key,
            Noise = "gaussian",
            Sigma = _sigma,
        };
        var sweep = new SweepDefinition
        {
            Id = new SweepId("benchmark"),
            Name = "benchmark",
            Seed = 1,
            Plan = plan,
            Execution = new ExecutionPlan(),
            Datasets = [_data],
            Models =
            [
                new ModelReference
                {
                    Key = _trained.Key,
                    Name = _model.Name,
                    Spec = _model,
                },
            ],
            Cells = [cell],
        };
        var votes = new Votes(_data);
        var clock = new WorkClock(double.MaxValue, _wall);
        var shard = new SampleShard(sweep.Id, cell.Id, 0, images);
        _runner.Run(new ShardAssignment(shard, sweep, cell, _trained.FileHash, []), votes, CancellationToken.None);
        return new Counted(votes.Images, clock.Seconds);
    }

    public void Dispose()
    {
        _runner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Votes(DatasetReference data) : IVoteSink
    {
        public Dictionary<int, ImageVotes> Images { get; } = [];

        public void Report(IReadOnlyList<VoteSnapshot> snapshots)
        {
            foreach (var snapshot in snapshots)
            {
                var index = snapshot.ImageIndex;
                var none = VoteCounts.None(data.Classes);
                var known = Images.GetValueOrDefault(
                    index,
                    new ImageVotes(index, data.Labels[data.OrdinalOf(index)], none, none, 0)
                );
                Images[index] =
                    snapshot.Stream == DrawStream.Selection
                        ? known with
                        {
                            Selection = snapshot.Counts,
                        }
                        : known with
                        {
                            Estimation = snapshot.Counts,
                        };
            }
        }
    }
}
