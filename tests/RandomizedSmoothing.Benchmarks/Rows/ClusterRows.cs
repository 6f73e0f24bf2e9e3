using System.Globalization;
using System.Text.Json;
using RandomizedSmoothing.Benchmarks.Contenders;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>
/// The whole cluster as it is used: a control node with its ledger and worker processes of one thread on a core each, a sweep
/// submitted over HTTP. Draws a second by the wall clock, from the draws that are recorded.
/// </summary>
internal static class ClusterRows
{
    private const string Workers =
        "digits, small-conv: recorded draws/s of a sweep through a control node, 2 worker processes / 1, one thread each";
    private const string Latency = "API (list and progress) while a sweep runs, 200 requests/s and 50 event streams";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static IEnumerable<Row> Measure(BenchOptions options)
    {
        if (options.Device != "cpu" || Environment.ProcessorCount < 2)
        {
            return [Row.NotMeasured(Workers, "needs two cores"), Row.NotMeasured(Latency, "needs two cores")];
        }

        return MeasureAsync(options).GetAwaiter().GetResult();
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(BenchOptions options)
    {
        using var limit = new CancellationTokenSource(Patience);
        var rows = new List<Row>();
        try
        {
            await using var cluster = new SmallCluster();
            var seconds = options.Quick ? 4 : 12;
            await cluster.StartAsync(limit.Token);
            await cluster.RateAsync(2 * seconds / 3, limit.Token);
            var before = await cluster.RateAsync(seconds, limit.Token);
            await cluster.AddWorkerAsync(limit.Token);
            await cluster.RateAsync(2 * seconds / 3, limit.Token);
            var together = await cluster.RateAsync(2 * seconds, limit.Token);
            await cluster.RemoveWorkerAsync(limit.Token);
            await cluster.RateAsync(2 * seconds / 3, limit.Token);
            var alone = (before + await cluster.RateAsync(seconds, limit.Token)) / 2;
            rows.Add(Row.Ratio(Workers, Shown(together), $"one: {Shown(alone)}", together / alone, 1.9));
            rows.AddRange(LatencyRows(await cluster.LoadTestAsync(options.Quick ? 3 : 10, limit.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            var why = e is OperationCanceledException ? $"not done after {Patience.TotalMinutes:0} minutes" : e.Message;
            rows.Add(Row.NotMeasured(rows.Count == 0 ? Workers : Latency, why));
        }

        return rows;
    }

    private static IEnumerable<Row> LatencyRows(JsonElement figures)
    {
        string Figure(string name) =>
            figures
                .EnumerateArray()
                .First(row => row.GetProperty("quantity").GetString() == name)
                .GetProperty("value")
                .ToString();
        yield return Row.Figure($"{Latency}: median", $"{Figure("p50 ms")} ms");
        yield return Row.Figure($"{Latency}: 99 of 100", $"{Figure("p99 ms")} ms");
        yield return Row.Figure($"{Latency}: requests answered, errors", $"{Figure("requests")}, {Figure("errors")}");
    }

    private static string Shown(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");
}
