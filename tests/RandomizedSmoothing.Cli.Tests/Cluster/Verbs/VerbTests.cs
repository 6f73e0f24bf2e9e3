using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Cluster.Verbs;

/// <summary>Every verb that speaks to a cluster, against a node in this process.</summary>
public sealed class VerbTests(VerbNode node) : IClassFixture<VerbNode>
{
    [Fact]
    public async Task A_submitted_sweep_is_watched_listed_shown_and_its_results_fetched()
    {
        (await node.SubmitAsync("whole", 6, 60, "--watch")).ShouldContain("whole");

        var listed = await node.RunAsync("ls", "--state", "Completed", "-o", "json");
        JsonNode.Parse(listed.Output)!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ShouldContain("whole");
        var shown = await node.RunAsync("show", "whole");
        shown.Output.ShouldStartWith("whole  completed  priority 0");
        shown.Output.ShouldContain("digits/conv@0.25/gaussian/0.25");
        var watched = await node.RunAsync("watch", "whole");
        watched.ExitCode.ShouldBe(ExitCodes.Done);
        watched.Error.ShouldContain("whole completed");
        var table = await node.RunAsync("results", "whole");
        table.Output.ShouldStartWith("Certified accuracy at ℓ2 radius r: digits, conv");
        (await node.RunAsync("results", "whole", "-o", "csv")).Output.ShouldContain("0.25");
        var exported = await node.RunAsync("export", "whole", "--out", node.File("fetched"));
        exported.ExitCode.ShouldBe(ExitCodes.Done, exported.Error);
        foreach (var file in new[] { "report.html", "votes.csv", "manifest.json" })
        {
            File.Exists(Path.Combine(node.File("fetched"), file)).ShouldBeTrue(file);
        }
    }

    [Fact]
    public async Task A_running_sweep_is_paused_resumed_put_before_others_cancelled_and_retried()
    {
        await node.SubmitAsync("steered", 100, 100_000);

        (await node.RunAsync("pause", "steered")).Error.ShouldBe("steered paused\n");
        (await node.RunAsync("show", "steered")).Output.ShouldStartWith("steered  paused");
        (await node.RunAsync("resume", "steered")).Error.ShouldBe("steered resumed\n");
        (await node.RunAsync("priority", "steered", "7")).Error.ShouldBe("steered has priority 7\n");
        (await node.RunAsync("show", "steered")).Output.ShouldContain("priority 7");
        (await node.RunAsync("cancel", "steered")).Error.ShouldBe("steered cancelled\n");
        var watched = await node.RunAsync("watch", "steered");
        watched.ExitCode.ShouldBe(ExitCodes.Error);
        watched.Error.ShouldContain("steered cancelled: cancelled by a user");
        (await node.RunAsync("retry", "steered")).Error.ShouldBe("steered tried again\n");
        (await node.RunAsync("cancel", "steered")).ExitCode.ShouldBe(ExitCodes.Done);
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("submit")]
    public async Task Ctrl_C_in_watch_leaves_the_sweep_running(string verb)
    {
        var name = $"left-by-{verb}";
        await node.SubmitAsync(name, 100, 100_000);
        await using var watch =
            verb == "watch" ? node.Start("watch", name) : node.Start("submit", node.File($"{name}.yaml"), "--watch");
        // A line of progress: the sweep is being followed.
        await watch.LineAsync(line => line.Contains("draws", StringComparison.Ordinal));

        await watch.SignalAsync("INT");

        (await watch.ExitAsync()).ShouldBe(ExitCodes.Done, watch.Error);
        watch.Error.ShouldContain($"Detached. {name} goes on; 'rsmooth watch {name}' follows it again.");
        var shown = await node.RunAsync("show", name);
        shown.Output.ShouldStartWith($"{name}  running");
        (await node.RunAsync("cancel", name)).ExitCode.ShouldBe(ExitCodes.Done);
    }

    [Fact]
    public async Task A_sweep_some_of_whose_shards_fail_ends_with_gaps_the_reason_and_exit_code_3()
    {
        string[] train = ["train", "--dataset", "digits", "--architecture", "small-conv", "--epochs", "1"];
        var model = node.File("net.safetensors");
        var trained = await RsmoothRunner.RunInAsync(node.File("."), [.. train, "--sigma", "0.25", "--out", model]);
        trained.ExitCode.ShouldBe(ExitCodes.Done, trained.Error);
        var sweep = node.File("gappy.yaml");
        await File.WriteAllTextAsync(
            sweep,
            """
            name: gappy
            datasets: [{ name: digits, max: 8 }]
            models:
              - { name: lost, architecture: small-conv, file: net.safetensors }
              - { name: sound, architecture: small-conv, train: { sigmas: [0.25], epochs: 2 } }
            sigmas: [0.25]
            certify: { n0: 10, n: 100, alpha: 0.01 }
            execution: { maxAttempts: 2 }
            """
        );
        await node.SubmitAsync("busy", 100, 100_000);
        (await node.RunAsync("submit", sweep, "--no-preflight")).ExitCode.ShouldBe(ExitCodes.Done);
        node.Forget(model);

        (await node.RunAsync("cancel", "busy")).ExitCode.ShouldBe(ExitCodes.Done);
        var watched = await node.RunAsync("watch", "gappy");

        watched.ExitCode.ShouldBe(ExitCodes.FinishedWithGaps, watched.Error);
        watched.Error.ShouldContain("gappy completed-with-gaps");
        (await node.RunAsync("ls", "--state", "completed-with-gaps")).Output.ShouldContain("gappy");
        (await node.RunAsync("show", "gappy")).Output.ShouldContain("SHA-256");
        (await node.RunAsync("results", "gappy")).ExitCode.ShouldBe(ExitCodes.FinishedWithGaps);
    }

    [Theory]
    [InlineData("completed-with-gaps")]
    [InlineData("Completed-With-Gaps")]
    [InlineData("CompletedWithGaps")]
    [InlineData("completedwithgaps")]
    public async Task A_state_is_taken_as_the_list_prints_it_and_in_any_case(string state) =>
        (await node.RunAsync("ls", "--state", state)).ExitCode.ShouldBe(ExitCodes.Done);

    [Fact]
    public async Task A_state_that_is_none_is_answered_with_those_that_are()
    {
        var run = await node.RunAsync("ls", "--state", "3");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldStartWith(
            "error: --state is '3': it must be one of pending, running, paused, completed, completed-with-gaps, cancelled, failed."
        );
    }

    [Theory]
    [InlineData("--radii", "0.1,0.2")]
    [InlineData("--explain", "0")]
    [InlineData("--cell", "digits")]
    public async Task What_only_a_folder_can_answer_is_not_asked_of_the_cluster(string option, string value)
    {
        var run = await node.RunAsync("results", "whole", option, value);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldStartWith($"error: {option} reads a folder");
    }

    [Fact]
    public async Task An_export_that_is_refused_leaves_no_folder()
    {
        (await node.RunAsync("export", "nowhere", "--out", node.File("a/b/c"))).ExitCode.ShouldBe(ExitCodes.BadInput);

        Directory.Exists(node.File("a")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_export_to_where_no_folder_can_be_made_says_so()
    {
        await File.WriteAllTextAsync(node.File("taken"), "a file where the folder should be");

        var run = await node.RunAsync("export", "nowhere", "--out", node.File("taken/results"));

        run.ExitCode.ShouldBe(ExitCodes.Error);
        run.Error.ShouldStartWith($"error: The results of nowhere cannot be written to '{node.File("taken/results")}'");
    }

    [Fact]
    public async Task Workers_are_listed_with_their_devices_and_an_unknown_one_cannot_be_drained()
    {
        var workers = await node.RunAsync("workers", "-o", "json");
        var device = JsonNode.Parse(workers.Output)!.AsArray().ShouldHaveSingleItem()!;
        device["worker"]!.GetValue<string>().ShouldBe("the-worker");
        device["device"]!.GetValue<string>().ShouldBe("cpu:0");

        var refused = await node.RunAsync("drain", "nobody");
        refused.ExitCode.ShouldBe(ExitCodes.BadInput);
        refused.Error.ShouldContain("the-worker");
    }

    [Theory]
    [InlineData("show")]
    [InlineData("watch")]
    [InlineData("pause")]
    [InlineData("cancel")]
    [InlineData("retry")]
    [InlineData("export")]
    [InlineData("results")]
    public async Task A_sweep_that_is_not_there_is_named(string verb)
    {
        var run = await node.RunAsync(verb, "nowhere");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("nowhere");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Without_a_node_the_exit_code_says_unreachable()
    {
        var run = await RsmoothRunner.RunAsync("ls", "--cluster", "http://127.0.0.1:1");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("No node of the cluster answers");
    }
}
