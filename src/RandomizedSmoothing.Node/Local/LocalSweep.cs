using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Node.Artifacts;
using RandomizedSmoothing.Node.Submission;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Node.Local;

/// <summary>
/// A sweep in one process: a real cluster of one node on loopback, its ledger in the results folder. Opening finds everything
/// the sweep names and touches nothing; <see cref="StartAsync"/> creates the folder, takes the ledger and begins or goes on.
/// </summary>
public sealed class LocalSweep : IAsyncDisposable
{
    private const long LeastFreeBytes = 256 * 1024;

    private readonly LocalSweepOptions _options;
    private readonly DatasetCatalogue _catalogue;
    private readonly ArtifactCache _artifacts;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory? _logging;
    private SqliteSweepLedger? _ledger;
    private SweepCluster? _cluster;

    private LocalSweep(
        LocalSweepOptions options,
        SweepDefinition resolved,
        DatasetCatalogue catalogue,
        ArtifactCache artifacts,
        TimeProvider time,
        ILoggerFactory? logging
    )
    {
        (_options, _catalogue, _artifacts, _time, _logging) = (options, catalogue, artifacts, time, logging);
        Definition = resolved;
    }

    /// <summary>The sweep; under its id in the ledger once that was read.</summary>
    public SweepDefinition Definition { get; private set; }

    /// <summary>The devices that would count.</summary>
    public IReadOnlyList<DeviceDescription> Devices => Models.Devices.TorchDevices.Parse(_options.Devices);

    /// <summary>Finds everything that the sweep names.</summary>
    /// <param name="spec">The validated sweep file.</param>
    /// <param name="source">Its text.</param>
    /// <param name="options">Folder and devices.</param>
    /// <param name="time">Clock.</param>
    /// <param name="downloads">Hears of downloads.</param>
    /// <param name="logging">Where log lines go; null for nowhere.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserErrorException">Data or a model cannot be found, is damaged, or does not fit.</exception>
    public static LocalSweep Open(
        SweepSpec spec,
        string source,
        LocalSweepOptions options,
        TimeProvider time,
        IProgress<DownloadProgress>? downloads = null,
        ILoggerFactory? logging = null,
        CancellationToken cancellation = default
    )
    {
        TorchRuntime.PrepareThread();
        var catalogue = new DatasetCatalogue(options.Datasets);
        var artifacts = new ArtifactCache(options.Cache.Artifacts);
        var resolver = new SweepResolver(catalogue, artifacts) { TrustsStore = true };
        var definition = resolver.Resolve(spec, SweepIds.For(spec.Name), source, downloads, cancellation);
        foreach (var note in resolver.Notes)
        {
            options.Warn?.Invoke($"note: {note}");
        }

        return new LocalSweep(options, definition, catalogue, artifacts, time, logging);
    }

    /// <summary>Looks at the imported models that still need draws, and at the radii, for a few seconds.</summary>
    public PreflightReport Preflight(LedgerHistory history, CancellationToken cancellation)
    {
        var missing = history.Reuse.Cells.Where(c => c.DrawsMissing > 0).Select(c => c.Cell).ToHashSet();
        return new SweepPreflight(_catalogue, _artifacts, _time).Run(
            history.Definition,
            cell => missing.Contains(cell.Id),
            cancellation
        );
    }

    /// <summary>What the folder's ledger already holds, without touching it.</summary>
    /// <exception cref="UserErrorException">The ledger is of another sweep, or cannot be read.</exception>
    public async Task<LedgerHistory> ReadHistoryAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_options.LedgerPath))
        {
            return await LedgerHistory.ReadAsync(null, Definition, _options.Directory, cancellation);
        }

        await using var ledger = new SqliteSweepLedger(_options.LedgerPath, _time, readOnly: true);
        await ledger.OpenAsync(cancellation);
        return await LedgerHistory.ReadAsync(
            ledger.IsUnwritten ? null : ledger,
            Definition,
            _options.Directory,
            cancellation
        );
    }

    /// <summary>Creates the folder, takes the ledger, starts the cluster and submits the sweep.</summary>
    /// <returns>What is taken over from earlier runs.</returns>
    /// <exception cref="UserErrorException">The folder cannot be written, or its ledger is of another sweep or in use.</exception>
    public async Task<LedgerHistory> StartAsync(CancellationToken cancellation)
    {
        var before = await ReadHistoryAsync(cancellation);
        Definition = await BatchTuning.MeasureAsync(
            before.Definition,
            task => Task.FromResult(Measure(task, cancellation)),
            choice => _options.Warn?.Invoke($"measured: {choice}")
        );
        CreateFolder();
        Leftovers.RemoveHalfWritten(_options.Cache.Root, _time.GetUtcNow());
        _ledger = new SqliteSweepLedger(_options.LedgerPath, _time);
        await _ledger.OpenAsync(cancellation);
        var history = await LedgerHistory.ReadAsync(_ledger, Definition, _options.Directory, cancellation);
        Definition = history.Definition;
        foreach (var other in history.Sweeps.Where(s => s.Id != Definition.Id && !s.State.IsFinal()))
        {
            await _ledger.SaveStateAsync(
                other.Id,
                SweepState.Cancelled,
                $"superseded by {Definition.Id}",
                other.Priority,
                other.Progress,
                null,
                cancellation
            );
        }

        var runners = new TorchShardRunnerFactory(
            new TorchRunnerOptions
            {
                Devices = _options.Devices,
                Cache = _options.Cache,
                Warn = _options.Warn,
            },
            _artifacts,
            _catalogue,
            _time
        );
        var node = new ClusterOptions
        {
            Software = new Dictionary<string, string>
            {
                ["TorchSharp"] = TorchRuntime.TorchSharpVersion,
                ["libtorch"] = TorchRuntime.LibtorchVersion,
            },
        };
        _cluster = await SweepCluster.StartAsync(node, _ledger, runners, _logging, _time, cancellation);
        if (!await _cluster.Client.SubmitAsync(Definition, cancellation))
        {
            await GoOnAsync(history.Record, cancellation);
        }

        return history;
    }

    /// <summary>How far the sweep is.</summary>
    /// <exception cref="UserErrorException">The disk of the ledger is full: nothing more can be recorded.</exception>
    public async Task<SweepProgress> GetProgressAsync(CancellationToken cancellation)
    {
        RequireSpace();
        return await Client.GetProgressAsync(Definition.Id, cancellation)
            ?? throw new InvalidOperationException($"The sweep {Definition.Id} is not in its own ledger.");
    }

    /// <summary>Hands the running work back and ends the cluster; the ledger stays open for the results.</summary>
    public async Task StopAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
            _cluster = null;
        }
    }

    /// <summary>Writes the results folder from the recorded votes.</summary>
    /// <param name="state">How the sweep ended, or that it has not.</param>
    /// <param name="warnings">What a reader must know.</param>
    /// <param name="cancellation">Ends early; the folder stays as it was.</param>
    public async Task<WrittenResults> WriteResultsAsync(
        SweepState state,
        IReadOnlyList<string> warnings,
        CancellationToken cancellation
    )
    {
        var ledger = _ledger ?? throw new InvalidOperationException("The sweep was not started.");
        var environment = await LocalEnvironment.OfAsync(ledger, Definition, _options.Command, _time, cancellation);
        var results = await LedgerResults.ReadAsync(ledger, Definition, state, warnings, environment, cancellation);
        return await ResultsFolder.WriteAsync(
            _options.Directory,
            results,
            Pixels(cancellation),
            cancellation: cancellation
        );
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }
    }

    private ISweepClient Client =>
        _cluster?.Client ?? throw new InvalidOperationException("The sweep was not started.");

    private IReadOnlyList<(ThroughputReading Reading, int Devices)> Measure(
        ThroughputTask task,
        CancellationToken cancellation
    )
    {
        var file = task.File is { } hash ? _artifacts.Obtain(hash, cancellation) : null;
        return
        [
            .. Devices
                .GroupBy(device => (device.Kind, device.Description))
                .Select(alike =>
                    (ThroughputProbe.Measure(task, file, alike.First(), _time, cancellation), alike.Count())
                ),
        ];
    }

    // A sweep that ended short of its plan goes on when it is run again.
    private async Task GoOnAsync(SweepRecord? record, CancellationToken cancellation)
    {
        switch (record?.State)
        {
            case SweepState.Paused:
                await Client.ResumeAsync(Definition.Id, cancellation);
                break;
            case SweepState.CompletedWithGaps or SweepState.Cancelled or SweepState.Failed:
                await Client.RetryAsync(Definition.Id, cancellation);
                break;
        }
    }

    private Reporting.Html.PixelSource Pixels(CancellationToken cancellation)
    {
        var open = new Dictionary<ContentHash, ImageDataset>();
        return (reference, index) =>
        {
            if (!open.TryGetValue(reference.Hash, out var dataset))
            {
                dataset = _catalogue.Load(reference.Spec, cancellation: cancellation);
                open.Add(reference.Hash, dataset);
            }

            return dataset.Image(index).ToArray();
        };
    }

    private void RequireSpace()
    {
        var free = new DriveInfo(_options.Directory).AvailableFreeSpace;
        if (free < LeastFreeBytes)
        {
            throw new UserErrorException(
                $"The disk that holds '{_options.Directory}' is full ({free / 1024} KiB are free, {LeastFreeBytes / 1024} KiB are needed), so "
                    + "that votes cannot be recorded. What was recorded is safe: free some space and run the same command again, or "
                    + "choose another folder with --out."
            )
            {
                ExitCode = 1,
            };
        }
    }

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(_options.Directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The results folder '{_options.Directory}' cannot be created: {error.Message} Choose another with --out, or mend "
                    + "the permissions of its parent.",
                error
            );
        }
    }
}
