using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Sweeps in the ledger that cannot be run keep no other from running.</summary>
public sealed class UnrunnableSweepTests : OneProcess
{
    [Fact]
    public async Task A_stored_sweep_with_a_cell_twice_ends_as_failed_and_the_others_run()
    {
        var broken = Twice("broken");
        var sound = TestSweeps.Sweep("sound");
        await Ledger.OpenAsync(Limit);
        await Ledger.AddSweepAsync(broken, Limit);
        await Ledger.AddSweepAsync(sound, Limit);
        await using var cluster = await StartAsync(new FakeDevices());

        (await TestNodes.FinalAsync(cluster.Client, sound.Id, Limit)).State.ShouldBe(SweepState.Completed);
        var last = await TestNodes.FinalAsync(cluster.Client, broken.Id, Limit);

        last.State.ShouldBe(SweepState.Failed);
        last.Reason.ShouldNotBeNull().ShouldContain($"'{broken.Cells[0].Id}' is there more than once");
        var record = (await Ledger.FindSweepAsync(broken.Id, Limit)).ShouldNotBeNull();
        record.Reason.ShouldBe(last.Reason);
        // One coordinator has read them all.
        (await Ledger.BeginTermAsync(Limit)).ShouldBe(2);
        (await Ledger.ReadEventsAsync(broken.Id, 0, 10, Limit)).ShouldHaveSingleItem().Text.ShouldBe(last.Reason);
    }

    [Fact]
    public async Task A_sweep_that_cannot_be_run_is_refused_when_it_is_submitted_or_retried()
    {
        var (stored, received) = (Twice("stored"), Twice("received"));
        await Ledger.OpenAsync(Limit);
        await Ledger.AddSweepAsync(stored, Limit);
        await using var cluster = await StartAsync(new FakeDevices());
        await TestNodes.FinalAsync(cluster.Client, stored.Id, Limit);

        foreach (
            var act in (Func<Task>[])
                [() => cluster.Client.SubmitAsync(received, Limit), () => cluster.Client.RetryAsync(stored.Id, Limit)]
        )
        {
            (await Should.ThrowAsync<UserErrorException>(act)).Message.ShouldContain("is there more than once");
        }

        (await Ledger.FindSweepAsync(received.Id, Limit)).ShouldBeNull();
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("sound"), Limit);
        (await TestNodes.FinalAsync(cluster.Client, new SweepId("sound"), Limit)).State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task A_stored_sweep_that_is_not_to_be_understood_ends_as_failed_and_the_others_run()
    {
        var sound = TestSweeps.Sweep("sound");
        await Ledger.OpenAsync(Limit);
        foreach (var id in (string[])["torn", "swapped", "troubled", "odd"])
        {
            await Ledger.AddSweepAsync(TestSweeps.Sweep(id), Limit);
        }

        await Ledger.AddSweepAsync(sound, Limit);
        Execute("UPDATE sweeps SET definition = substr(definition, 1, 100) WHERE id = 'torn'");
        Execute(
            "UPDATE sweeps SET definition = (SELECT definition FROM sweeps WHERE id = 'sound') WHERE id = 'swapped'"
        );
        Execute("UPDATE sweeps SET state = 'Levitating', progress = '{' WHERE id = 'odd'");
        Execute(
            """
            INSERT INTO troubles (sweep, cell, first_ordinal, ordinals, kind, attempts, reason)
            VALUES ('troubled', 'x', 0, 1, 'Odd', 1, '')
            """
        );
        await using var cluster = await StartAsync(new FakeDevices());

        (await TestNodes.FinalAsync(cluster.Client, sound.Id, Limit)).State.ShouldBe(SweepState.Completed);
        foreach (var id in (string[])["torn", "swapped", "troubled", "odd"])
        {
            var last = await TestNodes.FinalAsync(cluster.Client, new SweepId(id), Limit);
            last.State.ShouldBe(SweepState.Failed, id);
            last.Reason.ShouldNotBeNull(id);
        }

        (await cluster.Client.ListAsync(Limit)).Count.ShouldBe(5);
        (
            await Should.ThrowAsync<UserErrorException>(() => cluster.Client.RetryAsync(new SweepId("torn"), Limit))
        ).Message.ShouldContain("cannot be read");
    }

    private static SweepDefinition Twice(string id)
    {
        var sweep = TestSweeps.Sweep(id, voteSalt: id);
        return sweep with { Cells = [.. sweep.Cells, sweep.Cells[0]] };
    }
}
