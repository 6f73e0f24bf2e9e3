using RandomizedSmoothing.Cli.LoadTest;

namespace RandomizedSmoothing.Cli.Tests.LoadTest;

public sealed class SweepPaceTests
{
    [Fact]
    public void Draws_that_are_told_in_steps_are_timed_from_step_to_step()
    {
        // 1,000 a second, told every 300 ms and looked at every 100 ms.
        var looks = Enumerable.Range(0, 41).Select(i => Look(100 * i, 300 * (i / 3), 50 * i)).ToList();

        var pace = SweepPace.Of(looks);

        pace.PerSecond.ShouldBe(1000, 1e-9);
        pace.Processors!.Value.ShouldBe(0.5, 1e-9);
        pace.PerProcessorSecond!.Value.ShouldBe(2000, 1e-9);
    }

    [Fact]
    public void A_sweep_that_stands_still_or_grows_once_has_no_speed()
    {
        SweepPace.Of([Look(0, 5, 0), Look(100, 5, 100), Look(200, 9, 200)]).PerSecond.ShouldBe(0);
        SweepPace.Of([Look(0, 5, 0)]).ShouldBe(new SweepPace(0, null));
    }

    private static SweepLook Look(int milliseconds, long draws, int worker) =>
        new(TimeSpan.FromMilliseconds(milliseconds), draws, TimeSpan.FromMilliseconds(worker));
}
