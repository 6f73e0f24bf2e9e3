using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Tests.Api;

/// <summary>What a control node says of a finished sweep after others have drawn more of the same votes.</summary>
public sealed class FinishedSweepApiTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task The_figures_of_a_finished_sweep_stay_to_the_last_byte_and_so_do_those_of_the_one_that_topped_it_up()
    {
        var small = await RunAsync("frozen-small", draws: 40);
        var before = await AnswersAsync(small);

        var large = await RunAsync("frozen-large", draws: 160);
        var grown = await AnswersAsync(large);
        var least = await RunAsync("frozen-least", draws: 20);

        (await AnswersAsync(small)).ShouldBe(before);
        (await AnswersAsync(large)).ShouldBe(grown);
        (await EstimationDrawsAsync(small)).ShouldBe(["40"]);
        (await EstimationDrawsAsync(large)).ShouldBe(["160"]);
        (await EstimationDrawsAsync(least)).ShouldBe(["20"]);
    }

    private async Task<string> RunAsync(string name, int draws)
    {
        var (sweep, last) = await node.RunAsync(RunningNode.Small(name, draws));
        last.State.ShouldBe(SweepState.Completed);
        return sweep.Id;
    }

    private async Task<IReadOnlyList<string>> AnswersAsync(string sweep)
    {
        var cell = Uri.EscapeDataString("digits/conv@0.25/gaussian/0.5");
        var answers = new List<string>();
        foreach (var what in new[] { "results?format=json", "curves", $"certificates?cell={cell}", "votes" })
        {
            answers.Add(await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep}/{what}"));
        }

        return answers;
    }

    private async Task<IEnumerable<string>> EstimationDrawsAsync(string sweep)
    {
        var votes = await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep}/votes");
        return votes
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(fields => fields[3] == "estimation")
            .Select(fields => fields[4])
            .Distinct();
    }
}
