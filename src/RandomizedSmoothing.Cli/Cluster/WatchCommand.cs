using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary><c>rsmooth watch</c>: follows a sweep; Ctrl-C leaves it running.</summary>
public static class WatchCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var sweep = ClusterCommand.SweepArgument();
        return ClusterCommand.Create(
            terminal,
            "watch",
            "Follow a sweep to its end; Ctrl-C leaves it running.",
            [sweep],
            (client, parsed, cancellation) =>
                FollowAsync(client, parsed.GetRequiredValue(sweep), terminal, cancellation)
        );
    }

    /// <summary>Follows a sweep to its end.</summary>
    /// <returns>The exit code that its end stands for; 0 when the user detached.</returns>
    public static async Task<int> FollowAsync(
        ApiClient client,
        string sweep,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var feed = new ProgressFeed(client, sweep, terminal);
        var reading = feed.ReadAsync(stop.Token);
        try
        {
            var last = await new ProgressDisplay(terminal).FollowAsync(feed.LatestAsync, cancellation);
            await terminal.Error.WriteLineAsync(Epilogue(last));
            return ExitCodeOf(last.State);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync(
                $"Detached. {sweep} goes on; 'rsmooth watch {sweep}' follows it again."
            );
            return ExitCodes.Done;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static string Epilogue(SweepProgress last)
    {
        var reason = last.Reason is null ? "" : $": {last.Reason}";
        return $"{last.Sweep} {ProgressText.StateOf(last.State)}{reason}";
    }

    private static int ExitCodeOf(SweepState state) =>
        state switch
        {
            SweepState.Completed => ExitCodes.Done,
            SweepState.CompletedWithGaps => ExitCodes.FinishedWithGaps,
            _ => ExitCodes.Error,
        };

    /// <summary>Keeps the last progress that the cluster sent, through restarts of its nodes.</summary>
    private sealed class ProgressFeed(ApiClient client, string sweep, Terminal terminal)
    {
        private readonly TaskCompletionSource<SweepProgress> _first = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        private volatile SweepProgress? _latest;
        private volatile Exception? _failure;
        private long _heard = Stopwatch.GetTimestamp();

        public async Task ReadAsync(CancellationToken cancellation)
        {
            try
            {
                while (!await ReadToEndAsync(cancellation))
                {
                    await Task.Delay(Pause, cancellation);
                }
            }
            catch (Exception e)
            {
                // Shown by whoever asks for the latest progress.
                _failure = e;
                _first.TrySetException(e);
            }
        }

        // True once the sweep has ended; false when the node that was asked has gone or cannot tell at present.
        private async Task<bool> ReadToEndAsync(CancellationToken cancellation)
        {
            try
            {
                await foreach (var item in client.EventsAsync($"{ClusterCommand.PathOf(sweep)}/progress", cancellation))
                {
                    if (item.EventType == ProgressStream.ProgressEvent)
                    {
                        var view = JsonSerializer.Deserialize<ProgressView>(item.Data, ApiJson.Options)!;
                        _latest = view.ToProgress();
                        _heard = Stopwatch.GetTimestamp();
                        _first.TrySetResult(_latest);
                    }
                }
            }
            catch (UserErrorException e)
                when (e.ExitCode is ExitCodes.Error or ExitCodes.Unreachable
                    && _latest is not null
                    && Stopwatch.GetElapsedTime(_heard) < Patience
                )
            {
                await terminal.Error.WriteLineAsync($"The cluster does not answer; trying again. ({e.Message})");
            }

            return _latest is { IsFinal: true };
        }

        public async Task<SweepProgress> LatestAsync(CancellationToken cancellation)
        {
            if (_failure is { } failure and not OperationCanceledException)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            return _latest ?? await _first.Task.WaitAsync(cancellation);
        }
    }
}
