using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Api;

/// <summary>A sweep with its files found.</summary>
/// <param name="Definition">The sweep, with an id that nobody has given yet.</param>
/// <param name="Warnings">What a person should know of it, a sentence or two each.</param>
/// <param name="Models">The imported models as the preflight saw them; none without a preflight.</param>
internal sealed record ResolvedSweep(
    SweepDefinition Definition,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<ModelFinding> Models
);

/// <summary>Takes sweeps in: resolves them on this node, finds them an id, and gives them to the coordinator.</summary>
internal sealed class SweepSubmission(
    ISweepClient client,
    ISweepLedger ledger,
    IArtifactStore artifacts,
    DatasetCatalogue catalogue,
    SubmissionLimits limits,
    TimeProvider time,
    SweepMonitor monitor,
    ILogger<SweepSubmission> log
)
{
    private const int Attempts = 5;

    /// <summary>Resolves a validated sweep file with the data and models that this node has or can download, and begins it.</summary>
    /// <param name="spec">The sweep file.</param>
    /// <param name="source">Its text.</param>
    /// <param name="preflight">Whether imported models and radii are looked at first, for a few seconds.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The sweep, whether it is new, and what a person should know of it.</returns>
    /// <exception cref="UserErrorException">Data or a model cannot be found, or does not fit.</exception>
    public async Task<(SweepDefinition Definition, bool IsNew, IReadOnlyList<string> Warnings)> SubmitAsync(
        SweepSpec spec,
        string source,
        bool preflight,
        CancellationToken cancellation
    )
    {
        var resolved = await ResolveAsync(spec, source, publish: true, preflight, cancellation);
        var (definition, isNew) = await SubmitAsync(resolved.Definition, cancellation);
        return (definition, isNew, resolved.Warnings);
    }

    /// <summary>Resolves a validated sweep file with the data and models that this node has or can download.</summary>
    /// <param name="spec">The sweep file.</param>
    /// <param name="source">Its text.</param>
    /// <param name="publish">Whether the data are laid where workers find them, as the sweep's beginning needs.</param>
    /// <param name="preflight">Whether imported models and radii are looked at, for a few seconds.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserErrorException">Data or a model cannot be found, or does not fit.</exception>
    public Task<ResolvedSweep> ResolveAsync(
        SweepSpec spec,
        string source,
        bool publish,
        bool preflight,
        CancellationToken cancellation
    ) =>
        // Hashing and opening models takes seconds and blocks.
        Task.Factory.StartNew(
            () =>
            {
                limits.Require(spec);
                TorchRuntime.PrepareThread();
                var resolver = new SweepResolver(catalogue, artifacts, publishData: publish);
                var found = resolver.Resolve(spec, SweepIds.For(spec.Name), source, cancellation: cancellation);
                var report = preflight
                    ? new SweepPreflight(catalogue, artifacts, time).Run(found, cancellation: cancellation)
                    : null;
                return new ResolvedSweep(found, [.. resolver.Notes, .. report?.Warnings ?? []], report?.Models ?? []);
            },
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    /// <summary>Begins a sweep that was resolved elsewhere; its id is replaced.</summary>
    /// <exception cref="UserErrorException">A file that it names is on no control node.</exception>
    public async Task<(SweepDefinition Definition, bool IsNew)> SubmitAsync(
        SweepDefinition resolved,
        CancellationToken cancellation
    )
    {
        limits.Require(resolved, artifacts.Find);
        resolved = await TuneAsync(resolved, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            var (definition, known) = await NameAsync(resolved, cancellation);
            try
            {
                var isNew = await client.SubmitAsync(definition, cancellation);
                monitor.Changed();
                log.LogInformation(
                    "Sweep {Sweep} {Outcome}: {Cells} cells",
                    definition.Id,
                    isNew ? "accepted" : "known already",
                    definition.Cells.Count
                );
                return (definition, isNew);
            }
            catch (UserErrorException error) when (error.IsMistake && !known && attempt < Attempts)
            {
                // Another node gave the id to another sweep in the same moment: take the next.
            }
        }
    }

    /// <summary>The files that a resolved sweep needs and no control node has; this one has the others afterwards.</summary>
    public Task<IReadOnlyList<ContentHash>> MissingAsync(SweepDefinition definition, CancellationToken cancellation)
    {
        var needed = definition
            .Datasets.Select(d => d.Hash)
            .Concat(definition.Models.Select(m => m.FileHash ?? m.Training!.DatasetHash))
            .Distinct();
        return Task.Factory.StartNew<IReadOnlyList<ContentHash>>(
            () => [.. needed.Where(hash => !Has(hash, cancellation))],
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    private bool Has(ContentHash hash, CancellationToken cancellation)
    {
        try
        {
            artifacts.Obtain(hash, cancellation);
            return true;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    /// <summary>The sweep with the batch shapes that an earlier sweep of this name or a worker measured, where it asks for such.</summary>
    private async Task<SweepDefinition> TuneAsync(SweepDefinition resolved, CancellationToken cancellation)
    {
        var sweeps = await client.ListAsync(cancellation);
        var earlier = sweeps.Where(s => s.Name == resolved.Name).Reverse();
        return await BatchTuning.MeasureAsync(
            await BatchTuning.AdoptAsync(resolved, ledger, earlier, cancellation),
            task => client.MeasureAsync(task, cancellation),
            choice => log.LogInformation("Measured for {Sweep}: {Choice}", resolved.Name, choice)
        );
    }

    /// <summary>The id of the same sweep where it was submitted before, else a new one.</summary>
    private async Task<(SweepDefinition Definition, bool Known)> NameAsync(
        SweepDefinition resolved,
        CancellationToken cancellation
    )
    {
        var sweeps = await client.ListAsync(cancellation);
        foreach (var sweep in sweeps.Where(s => s.Name == resolved.Name).Reverse())
        {
            var earlier = await ledger.TryReadDefinitionAsync(sweep.Id, cancellation);
            if (earlier is not null && resolved.IsSameAs(earlier))
            {
                return (earlier, true);
            }
        }

        return (resolved with { Id = SweepIds.For(resolved.Name, sweeps.Select(s => s.Id)) }, false);
    }
}
