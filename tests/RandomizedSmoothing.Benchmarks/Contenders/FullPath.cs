using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>The product: exact noise, base classifier, votes, snapshots, as a device of a cluster does it.</summary>
internal sealed class FullPath : IContender
{
    private readonly Workload _workload;
    private readonly IShardRunner _runner;
    private readonly ShardAssignment _assignment;

    public FullPath(Workload workload)
    {
        _workload = workload;
        (_runner, _assignment) = workload.OpenRunner();
    }

    public long Work(WorkClock clock)
    {
        // A turn may last a tick longer than asked; ticks wake a thread, in the processor time that is measured.
        var tick = TimeSpan.FromMilliseconds(50);

        // Not disposed: a last tick of the watch may still be on its way.
        var stop = new CancellationTokenSource();
        using var watch = new Timer(
            _ =>
            {
                if (clock.IsDue)
                {
                    stop.Cancel();
                }
            },
            null,
            tick,
            tick
        );
        var votes = new LongestPrefixes();
        try
        {
            _runner.Run(_assignment, votes, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // What was counted until then has been reported.
        }

        return votes.Total;
    }

    public void Dispose()
    {
        _runner.Dispose();
        _workload.Dispose();
    }

    private sealed class LongestPrefixes : IVoteSink
    {
        private readonly Dictionary<(int Image, int Stream), long> _draws = [];

        public long Total => _draws.Values.Sum();

        public void Report(IReadOnlyList<VoteSnapshot> snapshots)
        {
            foreach (var snapshot in snapshots)
            {
                _draws[(snapshot.ImageIndex, (int)snapshot.Stream)] = snapshot.Counts.Total;
            }
        }
    }
}
