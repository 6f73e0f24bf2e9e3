using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>The groups of rows, by the names that <c>--only</c> takes.</summary>
internal static class RowCatalogue
{
    public static IReadOnlyList<(string Name, Func<BenchOptions, IEnumerable<Row>> Measure)> All { get; } =
    [
        ("forward", ForwardRows.Measure),
        ("script", ScriptRows.Measure),
        ("noise", NoiseRows.Measure),
        ("anytime", AnytimeRows.Measure),
        ("workers", WorkerRows.Measure),
        ("cluster", ClusterRows.Measure),
        ("scheduler", SchedulerRows.Measure),
        ("statistics", StatisticsRows.Measure),
        ("ledger", LedgerRows.Measure),
    ];
}
