using System.Collections.Immutable;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Safetensors;
using RandomizedSmoothing.Models.Sampling;
using TorchSharp;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>
/// What the contenders of a forward pass share: an architecture of the catalogue with fixed weights, and synthetic images of its
/// usual shape, in a folder that is gone afterwards.
/// </summary>
internal sealed class Workload : IDisposable
{
    public const double Sigma = 0.25;
    public const int Classes = 10;
    private const int Images = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("rsmooth-bench-").FullName;
    private readonly ImageDataset _dataset;

    public Workload(string architecture, Precision precision, int? rows, string device)
    {
        torch.set_num_threads(1);
        (Architecture, Device) = (architecture, device);
        Execution = new ExecutionPlan { BatchSize = rows, Precision = precision };
        Shape = architecture is "resnet18" or "resnet50" ? new ImageShape(3, 224, 224) : new ImageShape(3, 32, 32);
        Model = new ModelSpec
        {
            Name = architecture,
            Architecture = architecture,
            File = Path.Combine(_folder, "model.safetensors"),
        };
        _dataset = Synthetic(Shape);
        WriteModel();
    }

    public string Architecture { get; }

    public string Device { get; }

    public ImageShape Shape { get; }

    public ExecutionPlan Execution { get; }

    public ModelSpec Model { get; }

    /// <summary>Rows of a batch.</summary>
    public int Rows => BatchRows.For(Model, Execution);

    /// <summary>Where tensors live.</summary>
    public torch.Device TorchDevice => torch.device(Device);

    /// <summary>The architecture as anybody would write it, on the device, ready to infer.</summary>
    public torch.nn.Module<torch.Tensor, torch.Tensor> BuildNetwork()
    {
        var network = ArchitectureCatalogue.Build(Architecture, Shape, Classes);
        network.eval();
        return network.to(TorchDevice);
    }

    /// <summary>The product's base classifier.</summary>
    public BaseClassifier OpenClassifier() =>
        ModelLoader.Open(Model.File!, Model, new ModelFit(Shape, Classes, Rows), TorchDevice, Execution.Precision);

    /// <summary>The product's runner, and an assignment that keeps it busy for longer than any turn.</summary>
    public (IShardRunner Runner, ShardAssignment Assignment) OpenRunner()
    {
        var cache = new CacheFolders(_folder);
        var artifacts = new ArtifactCache(cache.Artifacts);
        artifacts.Publish(stream => CanonicalImages.Write(_dataset, stream), CancellationToken.None);
        var file = artifacts.Publish(Model.File!, CancellationToken.None);
        var factory = new TorchShardRunnerFactory(
            new TorchRunnerOptions { Devices = Device, Cache = cache },
            artifacts,
            new DatasetCatalogue(new DatasetOptions { Cache = cache, Download = false }),
            TimeProvider.System
        );
        var data = DatasetCatalogue.Describe(_dataset, new DatasetSpec { Name = "synthetic", Format = "csv" });
        var cell = new CellDefinition
        {
            Id = new CellId($"synthetic/{Architecture}/gaussian/{Sigma}"),
            VoteKey = new ContentHash(new string('0', 64)),
            Dataset = data.Hash,
            Model = file,
            Noise = "gaussian",
            Sigma = Sigma,
        };
        var sweep = new SweepDefinition
        {
            Id = new SweepId("benchmark"),
            Name = "benchmark",
            Seed = 1,
            Plan = new CertificationPlan { N0 = 100, N = 1_000_000 },
            Execution = Execution,
            Datasets = [data],
            Models =
            [
                new ModelReference
                {
                    Key = file,
                    Name = Model.Name,
                    Spec = Model,
                },
            ],
            Cells = [cell],
        };
        var shard = new SampleShard(sweep.Id, cell.Id, 0, data.Count);
        return (factory.Create(factory.Devices[0]), new ShardAssignment(shard, sweep, cell, file, []));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteModel()
    {
        torch.manual_seed(1);
        using var network = ArchitectureCatalogue.Build(Architecture, Shape, Classes);
        using var stream = File.Create(Model.File!);
        SafetensorsFile.Write(
            stream,
            network.state_dict(),
            new Dictionary<string, string> { ["architecture"] = Architecture }
        );
    }

    private static ImageDataset Synthetic(ImageShape shape)
    {
        var pixels = new byte[Images * shape.Dimension];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)Philox.Block((uint)i, 0, 0, 0, 1).W0;
        }

        return new ImageDataset(
            "synthetic",
            "test",
            shape,
            [.. Enumerable.Range(0, Classes).Select(c => $"{c}")],
            [.. Enumerable.Range(0, Images).Select(i => i % Classes)],
            pixels
        );
    }
}
