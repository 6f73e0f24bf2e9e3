using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Tests.Api;

/// <summary>A list shows running sweeps as they stand, whatever the coordinator does.</summary>
public sealed class LiveProgressTests
{
    private static readonly SweepRecord[] Stored =
    [
        Record("ended", SweepState.Completed),
        Record("counting", SweepState.Running),
        Record("unknown", SweepState.Running),
        Record("silent", SweepState.Running),
    ];

    [Fact]
    public async Task Running_sweeps_are_asked_for_and_the_others_stay_as_stored()
    {
        var list = await LiveProgress.OverAsync(
            Stored,
            (sweep, cancellation) =>
                sweep.Value switch
                {
                    "counting" => Task.FromResult<SweepProgress?>(Progress(sweep, 70)),
                    "unknown" => Task.FromException<SweepProgress?>(new UserErrorException("No coordinator answers.")),
                    "silent" => Silent(cancellation),
                    _ => throw new InvalidOperationException($"{sweep} does not run"),
                },
            CancellationToken.None
        );

        list.Select(r => (r.Id.Value, r.Progress!.Draws))
            .ShouldBe([("ended", 5), ("counting", 70), ("unknown", 5), ("silent", 5)]);
    }

    private static async Task<SweepProgress?> Silent(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return null;
    }

    private static SweepRecord Record(string id, SweepState state) =>
        new(
            new SweepId(id),
            id,
            state,
            null,
            0,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            Progress(new SweepId(id), 5)
        );

    private static SweepProgress Progress(SweepId sweep, long draws) =>
        new()
        {
            Sweep = sweep,
            Name = sweep.Value,
            State = SweepState.Running,
            Draws = draws,
            DrawsPlanned = 100,
            Cells = [],
        };
}
