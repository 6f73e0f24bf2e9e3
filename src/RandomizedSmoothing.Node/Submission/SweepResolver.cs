using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>
/// Makes a sweep concrete: finds and hashes its data sets and model files, checks that models fit the images, names the
/// training runs and expands the grid. What it returns needs no file path to be run: files are addressed by digest.
/// </summary>
/// <param name="catalogue">Finds data sets.</param>
/// <param name="artifacts">Takes in imported models, and data sets where <paramref name="publishData"/> says so.</param>
/// <param name="publishData">Whether other nodes need the data sets from the store.</param>
public sealed class SweepResolver(DatasetCatalogue catalogue, IArtifactStore artifacts, bool publishData = false)
{
    // What this process has seen opened.
    private static readonly ConcurrentDictionary<ContentHash, bool> s_tried = new();

    private readonly List<string> _notes = [];

    /// <summary>
    /// Whether a model that is in the store was opened before it came there, as in a store that only this program's own runs fill.
    /// Into that of a control node come files that nobody has tried.
    /// </summary>
    public bool TrustsStore { get; init; }

    /// <summary>What a person should know of what was resolved, as a description that the sweep overrules.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Resolves a sweep.</summary>
    /// <param name="spec">The validated sweep file.</param>
    /// <param name="id">Its id in the ledger.</param>
    /// <param name="source">Its text, for the manifest.</param>
    /// <param name="progress">Hears of downloads.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserErrorException">Data or a model cannot be found, is damaged, or does not fit.</exception>
    public SweepDefinition Resolve(
        SweepSpec spec,
        SweepId id,
        string source,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var datasets = new Dictionary<string, DatasetReference>();
        var trainingSplits = new Dictionary<string, DatasetReference>();
        var models = new Dictionary<ContentHash, ModelReference>();
        var imported = new Dictionary<string, ModelReference>();
        var cells = new List<CellDefinition>();
        foreach (var cell in Grid.Expand(spec))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!datasets.TryGetValue(cell.Dataset.Name, out var dataset))
            {
                dataset = Find(cell.Dataset, progress, cancellation);
                if (SweepCaveats.OfChoice(dataset) is { } caveat)
                {
                    Note($"WARNING: {caveat}");
                }

                if (spec.Models.Any(m => m.Train is not null))
                {
                    var training = TrainingSplit(trainingSplits, cell.Dataset, progress, cancellation);
                    SplitComparison.Run(training, dataset, Note);
                }

                foreach (var model in spec.Models.Where(m => m.File is not null))
                {
                    (imported[model.Name], dataset) = Import(model, dataset, spec.Execution, cancellation);
                }

                datasets.Add(cell.Dataset.Name, dataset);
            }

            // A family that has no level for images of so few coordinates says so before anything runs.
            NoiseFamilies.Create(cell.Noise, cell.Sigma).Lambda(dataset.Shape.Dimension);
            var reference = cell.TrainSigma is { } sigma
                ? Train(cell, TrainingSplit(trainingSplits, cell.Dataset, progress, cancellation), sigma, spec.Seed)
                : imported[cell.Model.Name];
            models.TryAdd(reference.Key, reference);
            cells.Add(Cell(spec, cell, dataset, reference));
        }

        return new SweepDefinition
        {
            Id = id,
            Name = spec.Name,
            Seed = spec.Seed,
            Priority = spec.Priority,
            Plan = spec.Certify,
            Sampler = spec.Sampler,
            Execution = spec.Execution,
            Datasets = [.. datasets.Values],
            Models = [.. models.Values],
            Cells = cells,
            Report = spec.Report,
            Source = source,
        };
    }

    private static CellDefinition Cell(SweepSpec spec, GridCell cell, DatasetReference dataset, ModelReference model) =>
        BatchTuning.WithRows(
            new CellDefinition
            {
                Id = cell.Id,
                VoteKey = default, // follows from the rows
                Dataset = dataset.Hash,
                Model = model.Key,
                TrainSigma = cell.TrainSigma,
                Noise = cell.Noise,
                Sigma = cell.Sigma,
            },
            BatchRows.For(model.Spec, spec.Execution),
            spec.Seed,
            spec.Sampler,
            spec.Execution.Precision,
            spec.Certify.Mode
        );

    private DatasetReference Find(
        DatasetSpec spec,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var dataset = catalogue.Load(spec, progress, cancellation);
        if (publishData && artifacts.Find(dataset.Hash) is null)
        {
            artifacts.Publish(stream => CanonicalImages.Write(dataset, stream), cancellation);
        }

        return DatasetCatalogue.Describe(dataset, spec);
    }

    private DatasetReference TrainingSplit(
        Dictionary<string, DatasetReference> known,
        DatasetSpec spec,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (!known.TryGetValue(spec.Name, out var split))
        {
            split = Find(TrainingTaskFactory.TrainingSplitOf(spec), progress, cancellation);
            known.Add(spec.Name, split);
        }

        return split;
    }

    private static ModelReference Train(GridCell cell, DatasetReference split, double sigma, ulong seed)
    {
        var task = TrainingTaskFactory.Create(
            cell.Model,
            cell.Dataset,
            split,
            cell.TrainNoise ?? cell.Noise,
            sigma,
            seed
        );
        return new ModelReference
        {
            Key = task.Key,
            Name = cell.Model.Name,
            Spec = cell.Model,
            Training = task,
            Route = ClassifierRoute.Network,
        };
    }

    // The model with what its description adds, and the data set with the class names that the description knows.
    private (ModelReference Model, DatasetReference Dataset) Import(
        ModelSpec model,
        DatasetReference dataset,
        ExecutionPlan execution,
        CancellationToken cancellation
    )
    {
        var file = model.File!;
        if (!File.Exists(file))
        {
            throw new UserErrorException(
                $"The model {model.Name} is to be read from '{file}', which does not exist. Correct 'file' in the sweep; a relative "
                    + "path starts at the sweep file's folder."
            );
        }

        if (ModelDescriptions.Read(file, ProductVocabulary.Current) is var (path, description))
        {
            model = ModelDescriptions.Merge(model, path, description, Note);
            dataset = dataset with { ClassNames = [.. ModelDescriptions.Fit(path, description, dataset, Note)] };
        }

        var fit = new ModelFit(dataset.Shape, dataset.Classes, BatchRows.For(model, execution));
        var hash = ArtifactCache.HashOf(file, cancellation);
        if (!(TrustsStore && artifacts.Find(hash) is not null) && !s_tried.ContainsKey(hash))
        {
            // Native code can end the process over a file it does not like: another one tries it first.
            ModelTrial.Run(file, model, fit, execution.Precision, cancellation);
            s_tried.TryAdd(hash, true);
        }

        ClassifierRoute route;
        using (var classifier = ModelLoader.Open(file, model, fit, TorchSharp.torch.CPU, execution.Precision))
        {
            route = classifier.Route;
        }

        var reference = new ModelReference
        {
            Key = KeyOf(artifacts.Publish(file, cancellation), model, route),
            Name = model.Name,
            Spec = model,
            FileHash = hash,
            Route = route,
        };
        return (reference, dataset);
    }

    private void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    // What computes is part of it: a frozen program rounds otherwise than the program.
    internal static ContentHash KeyOf(ContentHash file, ModelSpec model, ClassifierRoute route)
    {
        static string Numbers(IEnumerable<double>? values) =>
            string.Join(',', (values ?? []).Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

        var text = string.Join(
            '\n',
            "rsmooth-import-1",
            $"file={file.Hex}",
            $"architecture={model.Architecture}",
            $"mean={Numbers(model.Normalize?.Mean)}",
            $"std={Numbers(model.Normalize?.Std)}{(route == ClassifierRoute.Frozen ? "\nfrozen" : "")}"
        );
        return new ContentHash(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
