using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Node.Dashboard.Compare;

/// <summary>Sweeps side by side, as <c>rsmooth compare</c> sets them; the address says which.</summary>
public sealed partial class ComparePage : LivePage
{
    private const int MostSweeps = 8;
    private const int Offered = 8;

    private IReadOnlyList<SweepRecord> _chosen = [];
    private IReadOnlyList<SweepRecord> _offered = [];
    private IReadOnlyList<string> _notes = [];
    private IReadOnlyList<RunSource> _sources = [];
    private IReadOnlyList<RunComparison> _comparisons = [];
    private IReadOnlyList<string> _unmatched = [];
    private string _text = "";
    private int _named;
    private bool _unfinished;
    private bool _read;

    /// <summary>Ids of the sweeps, the reference first.</summary>
    [SupplyParameterFromQuery(Name = "sweep")]
    public string[]? Sweeps { get; set; }

    /// <summary>Whether the published logs that the sweeps name stand beside them.</summary>
    [SupplyParameterFromQuery(Name = "logs")]
    public bool WithLogs { get; set; }

    [Inject]
    private SweepReader Reader { get; set; } = null!;

    [Inject]
    private ComparedRuns Runs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan Interval => TimeSpan.FromSeconds(3);

    private IEnumerable<string> Ids => _chosen.Select(s => s.Id.Value);

    /// <summary>The address of a comparison, the reference first.</summary>
    public static string AddressOf(IEnumerable<string> sweeps, bool withLogs = false)
    {
        var query = sweeps.Select(id => $"sweep={Uri.EscapeDataString(id)}").ToList();
        if (withLogs)
        {
            query.Add("logs=true");
        }

        return query.Count == 0 ? "/compare" : $"/compare?{string.Join('&', query)}";
    }

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation)
    {
        var notes = new List<string>();
        var all = await Reader.ListAsync(cancellation);
        var asked = (Sweeps ?? []).Distinct().ToList();
        _chosen =
        [
            .. asked.Select(id => all.FirstOrDefault(s => s.Id.Value == id)).OfType<SweepRecord>().Take(MostSweeps),
        ];
        notes.AddRange(asked.Where(id => all.All(s => s.Id.Value != id)).Select(id => $"There is no sweep {id}."));
        if (asked.Count > MostSweeps)
        {
            notes.Add($"At most {MostSweeps} sweeps are compared at a time: the others are left out.");
        }

        Offer(all);
        var sources = new List<RunSource>();
        foreach (var sweep in _chosen)
        {
            if (await Runs.OfSweepAsync(sweep.Id, cancellation) is { } source)
            {
                sources.Add(source);
            }
        }

        _unfinished = sources.Exists(s => s.Runs.Count == 0);
        sources.RemoveAll(s => s.Runs.Count == 0);
        if (await LogsAsync(notes, cancellation) is { Runs.Count: > 0 } logs)
        {
            sources.Add(logs);
        }

        await CompareAsync(sources, cancellation);
        (_notes, _read) = (notes, true);
    }

    private void Offer(IReadOnlyList<SweepRecord> all) =>
        _offered = [
            .. all.Reverse()
                .Where(s => !_chosen.Contains(s))
                .Where(s =>
                    s.Name.Contains(_text, StringComparison.OrdinalIgnoreCase)
                    || s.Id.Value.Contains(_text, StringComparison.OrdinalIgnoreCase)
                )
                .Take(Offered),
        ];

    private async Task<RunSource> LogsAsync(List<string> notes, CancellationToken cancellation)
    {
        var runs = new List<CertifiedRun>();
        _named = 0;
        foreach (var sweep in _chosen)
        {
            var definition = await Reader.DefinitionAsync(sweep.Id, cancellation);
            _named += definition?.Report.CompareWith.Count ?? 0;
            if (WithLogs && definition is { Report.CompareWith.Count: > 0 })
            {
                var logs = await Runs.LogsOfAsync(sweep.Id, cancellation);
                runs.AddRange(logs.Runs);
                notes.AddRange(logs.Warnings);
            }
        }

        return new RunSource("published logs", [.. runs.DistinctBy(r => r.Source)]);
    }

    // Nothing is computed again as long as no sweep has new certificates.
    private async Task CompareAsync(List<RunSource> sources, CancellationToken cancellation)
    {
        if (sources.SequenceEqual(_sources, RunsEqual.Instance))
        {
            return;
        }

        (_comparisons, _unmatched) = await Task.Run(
            () =>
            {
                var groups = sources.Count > 1 ? RunMatching.Groups(sources) : new RunGroups([], []);
                return (
                    (IReadOnlyList<RunComparison>)[.. groups.Matched.Select(g => RunComparison.Of(g, []))],
                    groups.Unmatched
                );
            },
            cancellation
        );
        _sources = sources;
    }

    private Task Search(string? text)
    {
        _text = text ?? "";
        return ReadNowAsync();
    }

    private void Go(IEnumerable<string> ids) => Go(ids, WithLogs);

    private void Go(IEnumerable<string> ids, bool withLogs)
    {
        _text = "";
        Navigation.NavigateTo(AddressOf(ids, withLogs));
    }

    private sealed class RunsEqual : IEqualityComparer<RunSource>
    {
        public static RunsEqual Instance { get; } = new();

        public bool Equals(RunSource? x, RunSource? y) =>
            x!.Runs.SequenceEqual(y!.Runs, ReferenceEqualityComparer.Instance);

        public int GetHashCode(RunSource obj) => obj.Runs.Count;
    }
}
