using System.Collections.Concurrent;
using System.Diagnostics;
using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>One load test: the sweep's speed without readers, with them, without them again, and so on.</summary>
internal sealed class LoadRun(ApiClient client, string sweep, LoadPlan plan, TimeProvider time)
{
    private const int Senders = 32;
    private const string List = "/api/v1/sweeps?limit=50";

    // Requests are sent in small bursts, so that the readers wake seldom.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly string _path = ClusterCommand.PathOf(sweep);
    private readonly ConcurrentBag<string> _errors = [];
    private long _events;

    /// <summary>Runs it.</summary>
    /// <param name="control">The processor time that the control node has used; null when nobody can say.</param>
    /// <param name="worker">The same of the worker.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<LoadReport> RunAsync(
        Func<TimeSpan>? control,
        Func<TimeSpan>? worker,
        CancellationToken cancellation
    )
    {
        if (plan.WarmUp > TimeSpan.Zero)
        {
            await ReadAsync(plan.WarmUp, worker, cancellation);
            _errors.Clear();
            Interlocked.Exchange(ref _events, 0);
        }

        // Undisturbed before and after, so that neither a warm-up nor a neighbour on the machine passes for the readers' doing.
        var alone = new List<SweepPace> { await PaceAsync(plan.Alone, worker, cancellation) };
        var during = new List<SweepPace>();
        var latencies = new List<double>();
        var total = 0d;
        var used = (Own: TimeSpan.Zero, Control: control is null ? (TimeSpan?)null : TimeSpan.Zero);
        for (var round = 0; round < plan.Rounds; round++)
        {
            var start = (Own: OwnTime(), Control: control?.Invoke());
            var (measured, seconds, pace) = await ReadAsync(plan.Length, worker, cancellation);
            used = (used.Own + OwnTime() - start.Own, used.Control + control?.Invoke() - start.Control);
            latencies.AddRange(measured);
            total += seconds;
            during.Add(pace);
            alone.Add(await PaceAsync(plan.Alone, worker, cancellation));
        }

        latencies.Sort();
        return new LoadReport
        {
            Latencies = [.. latencies],
            Seconds = total,
            Streams = plan.Streams,
            Events = Interlocked.Read(ref _events),
            Errors = [.. _errors],
            Alone = alone,
            During = during,
            Readers = used.Own,
            Control = used.Control,
        };
    }

    private async Task<(double[] Latencies, double Seconds, SweepPace Pace)> ReadAsync(
        TimeSpan length,
        Func<TimeSpan>? worker,
        CancellationToken cancellation
    )
    {
        using var reader = new LeanReader(client.Nodes[0], client.Key);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var streams = Enumerable.Range(0, plan.Streams).Select(_ => FollowAsync(reader, end.Token)).ToList();
        var pace = PaceAsync(length, worker, cancellation);
        var start = time.GetTimestamp();
        var next = -1L;
        var senders = await Task.WhenAll(
            Enumerable
                .Range(0, Senders)
                .Select(_ => Task.Run(() => SendAsync(reader, start, () => Next(ref next, length), cancellation)))
        );
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var measured = await pace;
        await end.CancelAsync();
        await Task.WhenAll(streams);
        return ([.. senders.SelectMany(latencies => latencies)], seconds, measured);
    }

    private async Task<List<double>> SendAsync(
        LeanReader reader,
        long start,
        Func<long?> take,
        CancellationToken cancellation
    )
    {
        var latencies = new List<double>();
        while (take() is { } number)
        {
            var due = Math.Floor((double)number / plan.Rate / Burst.TotalSeconds) * Burst;
            var wait = due - time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellation);
            }

            var sent = time.GetTimestamp();
            if (await reader.AskAsync(number % 2 == 0 ? List : _path, cancellation) is { } error)
            {
                _errors.Add(error);
            }
            else
            {
                latencies.Add(time.GetElapsedTime(sent).TotalMilliseconds);
            }
        }

        return latencies;
    }

    private long? Next(ref long last, TimeSpan length) =>
        Interlocked.Increment(ref last) is var number && number < plan.Rate * length.TotalSeconds ? number : null;

    private async Task FollowAsync(LeanReader reader, CancellationToken cancellation)
    {
        if (
            await reader.FollowAsync($"{_path}/progress", () => Interlocked.Increment(ref _events), cancellation) is
            { } error
        )
        {
            _errors.Add(error);
        }
    }

    /// <summary>
    /// The pace of the sweep over some time, between the first and the last moment at which the recorded draws were seen to
    /// grow: workers tell them about once a second.
    /// </summary>
    private async Task<SweepPace> PaceAsync(TimeSpan length, Func<TimeSpan>? worker, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        Look first = await LookAsync(),
            last = first;
        var grown = false;
        while (time.GetElapsedTime(start) < length)
        {
            await Task.Delay(BetweenLooks, time, cancellation);
            var now = await LookAsync();
            if (now.Draws != last.Draws)
            {
                (first, last, grown) = (grown ? first : now, now, true);
            }
        }

        return new SweepPace(last.Draws - first.Draws, last.At - first.At, last.Worker - first.Worker);

        async Task<Look> LookAsync() =>
            new(await DrawsAsync(cancellation), time.GetElapsedTime(start), worker?.Invoke());
    }

    private async Task<long> DrawsAsync(CancellationToken cancellation) =>
        (await client.GetAsync<SweepDetail>(_path, cancellation)).Progress?.Draws ?? 0;

    private static TimeSpan OwnTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>What was seen at one moment.</summary>
    private sealed record Look(long Draws, TimeSpan At, TimeSpan? Worker);
}
