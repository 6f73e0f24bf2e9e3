using System.Diagnostics;
using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// One load test: readers to warm up, readers without a break for errors and latencies, then the sweep's speed with readers and
/// without, in turns.
/// </summary>
internal sealed class LoadRun(ApiClient client, string sweep, LoadPlan plan, TimeProvider time)
{
    private const string List = "/api/v1/sweeps?limit=50";
    private readonly string _path = ClusterCommand.PathOf(sweep);
    private readonly List<string> _errors = [];

    /// <summary>Runs it.</summary>
    /// <param name="processes">The test's own processes; null when it reads a cluster of others.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<LoadReport> RunAsync(OwnProcesses? processes, CancellationToken cancellation)
    {
        using var ruler = new SweepRuler(client, sweep, processes?.Worker, time);
        // Asks for the sweep first, so that a wrong name is told before anything is read.
        await ruler.MeasureAsync(TimeSpan.Zero, cancellation);
        await ReadAsync(plan.WarmUp, Nothing, cancellation);
        _errors.Clear();

        var before = (Own: OwnTime(), Control: processes?.Control());
        var read = await ReadAsync(plan.Length, Nothing, cancellation);
        var after = (Own: OwnTime(), Control: processes?.Control());

        var pairs = new List<(SweepPace Without, SweepPace With)>();
        for (var pair = 0; pair < plan.Pairs; pair++)
        {
            // Every other pair begins with the readers, so that a steady change of the machine's speed cancels.
            SweepPace? first = pair % 2 == 1 ? await WithReadersAsync(ruler, cancellation) : null;
            var without = await SettledPaceAsync(ruler, cancellation);
            pairs.Add((without, first ?? await WithReadersAsync(ruler, cancellation)));
        }

        return new LoadReport
        {
            Latencies = [.. read.Latencies.Order()],
            Seconds = read.Seconds,
            Streams = plan.Streams,
            Events = read.Events,
            Errors = _errors,
            Pairs = pairs,
            Readers = after.Own - before.Own,
            Control = after.Control - before.Control,
            Processors = processes?.Processors,
        };

        static Task Nothing() => Task.CompletedTask;
    }

    private async Task<SweepPace> WithReadersAsync(SweepRuler ruler, CancellationToken cancellation)
    {
        var pace = default(SweepPace);
        await ReadAsync(plan.Slice, async () => pace = await SettledPaceAsync(ruler, cancellation), cancellation);
        return pace;
    }

    private async Task<SweepPace> SettledPaceAsync(SweepRuler ruler, CancellationToken cancellation)
    {
        await Task.Delay(plan.Settling, time, cancellation);
        return await ruler.MeasureAsync(plan.Slice - plan.Settling, cancellation);
    }

    private async Task<Read> ReadAsync(TimeSpan length, Func<Task> meanwhile, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var requests = new RequestReaders(client.Nodes[0], client.Key, [List, _path], plan.Rate, time);
        var streams = new StreamReaders(client.Nodes[0], client.Key, $"{_path}/progress", plan.Streams);
        var following = OnThread(() => streams.Run(end.Token));
        var seconds = 0d;
        var asking = OnThread(() => seconds = requests.Run(length, end.Token).TotalSeconds);
        try
        {
            await meanwhile();
            await asking;
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(following, asking);
        }

        cancellation.ThrowIfCancellationRequested();
        _errors.AddRange([.. requests.Errors, .. streams.Errors]);
        return new Read(requests.Latencies, seconds, streams.Events);
    }

    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static TimeSpan OwnTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private sealed record Read(IReadOnlyList<double> Latencies, double Seconds, long Events);
}
