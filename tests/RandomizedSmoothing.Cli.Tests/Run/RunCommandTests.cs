using System.Text.Json;

namespace RandomizedSmoothing.Cli.Tests.Run;

public sealed class RunCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_leaves_the_whole_results_folder_and_prints_the_table()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var results = _folder.File("results/tiny");
        foreach (var file in TinySweep.ResultFiles)
        {
            File.Exists(Path.Combine(results, file)).ShouldBeTrue(file);
        }

        Directory.EnumerateFiles(results, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
        var rows = File.ReadAllLines(Path.Combine(results, TinySweep.ResultFiles[^1]));
        rows[0].ShouldBe("idx\tlabel\tpredict\tradius\tcorrect\ttime");
        rows.Length.ShouldBe(1 + 24);
        File.ReadLines(Path.Combine(results, "curves.csv"))
            .First()
            .ShouldBe("dataset,model,train_sigma,noise,sigma,radius,certified_accuracy,images");
        run.Output.ShouldContain("digits, conv, gaussian noise, n = 300");
        run.Error.ShouldContain("report.html");
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(results, "manifest.json")));
        manifest.RootElement.GetRawText().ShouldContain("exact");
    }

    [Fact]
    public async Task Votes_do_not_depend_on_the_number_of_workers_and_a_second_run_reuses_them()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);

        var one = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "one", "--workers", "1");
        var two = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "two", "--workers", "2");
        var again = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "two", "--workers", "2");

        one.ExitCode.ShouldBe(ExitCodes.Done, one.Error);
        two.ExitCode.ShouldBe(ExitCodes.Done, two.Error);
        again.ExitCode.ShouldBe(ExitCodes.Done, again.Error);
        TinySweep.Votes(_folder.File("two")).ShouldBe(TinySweep.Votes(_folder.File("one")));
        again.Error.ShouldContain("reused");
    }

    [Fact]
    public async Task Families_without_an_exact_sampler_run_beside_those_that_have_one()
    {
        var sweep = _folder.Write("mixed.yaml", TinySweep.Text + "\nnoises: [gaussian, uniform]");

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        File.ReadAllText(_folder.File("results/tiny/report.html"))
            .ShouldContain("exact integer sampler, and the device sampler where a family has no exact one");
    }

    [Fact]
    public async Task A_tuned_batch_size_is_measured_once_and_recorded_with_its_figures()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text + "\nexecution: { batchSize: tuned }");

        var planned = await RsmoothRunner.RunInAsync(_folder.Path, "plan", sweep, "--no-calibration");
        var first = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);
        var again = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--set", "certify.n=400");

        planned.Output.ShouldContain("Batch sizes are measured when it begins.");
        first.ExitCode.ShouldBe(ExitCodes.Done, first.Error);
        first.Error.ShouldContain("measured: conv on digits: batches of ");
        again.ExitCode.ShouldBe(ExitCodes.Done, again.Error);
        again.Error.ShouldNotContain("measured:");
        again.Error.ShouldContain("topped up");
        using var manifest = JsonDocument.Parse(File.ReadAllText(_folder.File("results/tiny/manifest.json")));
        var choice = manifest.RootElement.GetProperty("batchChoices")[0];
        var reading = choice.GetProperty("readings")[0];
        reading.GetProperty("route").GetString().ShouldBe("network");
        reading
            .GetProperty("speeds")
            .EnumerateArray()
            .ShouldAllBe(s => s.GetProperty("drawsPerSecond").GetDouble() > 0);
        manifest
            .RootElement.GetProperty("models")
            .EnumerateArray()
            .ShouldAllBe(m => m.GetProperty("route").GetString() == "network");
    }

    [Fact]
    public async Task Tuning_shows_the_speed_of_other_batch_sizes_and_precisions()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "plan", sweep, "--tune", "-o", "json");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        using var table = JsonDocument.Parse(run.Output);
        var rows = table.RootElement.EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("precision").GetString()).Distinct().ShouldBe(["float32", "bfloat16"]);
        rows.Count(r => r.GetProperty("note").GetString()!.Contains("this sweep")).ShouldBe(1);
        rows.Count(r => r.GetProperty("note").GetString()!.Contains("fastest in this precision")).ShouldBe(2);
    }

    [Fact]
    public async Task More_draws_top_up_the_votes_of_an_earlier_run()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);

        var small = await RsmoothRunner.RunInAsync(
            _folder.Path,
            "run",
            sweep,
            "--out",
            "grown",
            "--set",
            "certify.n=100"
        );
        var grown = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "grown");
        var whole = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "whole");

        small.ExitCode.ShouldBe(ExitCodes.Done, small.Error);
        grown.ExitCode.ShouldBe(ExitCodes.Done, grown.Error);
        whole.ExitCode.ShouldBe(ExitCodes.Done, whole.Error);
        TinySweep.Votes(_folder.File("grown")).ShouldBe(TinySweep.Votes(_folder.File("whole")));
    }

    [Fact]
    public async Task A_killed_run_resumes_to_the_votes_of_an_undisturbed_one()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text.Replace("n: 300", "n: 20000", StringComparison.Ordinal));
        await using (var victim = RsmoothProcess.Start(_folder.Path, "run", sweep, "--out", "killed", "--workers", "1"))
        {
            await victim.LineAsync(line =>
                line.Contains(" images ", StringComparison.Ordinal)
                && !line.Contains(" 0 draws ", StringComparison.Ordinal)
            );
            await victim.KillAsync();
        }

        File.Exists(_folder.File("killed/votes.csv")).ShouldBeFalse();
        var resumed = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "killed");
        var undisturbed = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "undisturbed");

        resumed.ExitCode.ShouldBe(ExitCodes.Done, resumed.Error);
        undisturbed.ExitCode.ShouldBe(ExitCodes.Done, undisturbed.Error);
        TinySweep.Votes(_folder.File("killed")).ShouldBe(TinySweep.Votes(_folder.File("undisturbed")));
    }

    [Fact]
    public async Task Ctrl_C_stops_cleanly_and_says_how_to_go_on()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text.Replace("n: 300", "n: 50000", StringComparison.Ordinal));
        await using var run = RsmoothProcess.Start(_folder.Path, "run", sweep, "--out", "stopped", "--workers", "1");
        await run.LineAsync(line =>
            line.Contains(" images ", StringComparison.Ordinal) && !line.Contains(" 0 draws ", StringComparison.Ordinal)
        );

        await run.SignalAsync("INT");

        (await run.ExitAsync()).ShouldBe(ExitCodes.Interrupted, run.Error);
        var certificates = Directory.GetFiles(_folder.File("stopped/certificates"));
        var rows = certificates.Sum(file => File.ReadLines(file).Count() - 1);
        run.Error.ShouldContain($"Stopped with {rows} of ");
        run.Error.ShouldContain("run the same command again");
    }
}
