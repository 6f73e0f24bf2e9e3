using System.Text.Json;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Loss;

public sealed class ReportCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The shipped sweep in small: two networks, few images and draws.</summary>
    [Fact]
    public async Task The_shipped_digits_sweep_in_small_tells_where_its_accuracy_is_lost()
    {
        string[] sweep =
        [
            Path.Combine(RepositoryRoot.Path, "cluster-config/sweeps/loss-digits.yaml"),
            .. new[]
            {
                "datasets[0].max=40",
                "models[0].train.sigmas=[0,0.5]",
                "models[0].train.epochs=4",
                "sigmas=[0,0.5]",
                "certify.n=200",
            }.SelectMany(setting => new[] { "--set", setting }),
            "--out",
            "small",
        ];
        var run = await RsmoothRunner.RunInAsync(_folder.Path, ["run", .. sweep]);
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var plan = await RsmoothRunner.RunInAsync(_folder.Path, ["plan", .. sweep, "--no-calibration", "-o", "json"]);

        var report = await RsmoothRunner.RunInAsync(_folder.Path, "loss", "report", "small", "-o", "json");

        JsonNode.Parse(plan.Output)!["grid"]!.AsArray().ShouldAllBe(c => (long)c!["draws"]! == 0, plan.Error);
        report.ExitCode.ShouldBe(ExitCodes.Done, report.Error);
        using var json = JsonDocument.Parse(report.Output);
        var root = json.RootElement;
        root.GetProperty("finding").GetString()!.ShouldContain("loses");
        var steps = root.GetProperty("decomposition").EnumerateArray().ToList();
        steps.Count.ShouldBe(4);
        foreach (var step in steps)
        {
            int Count(string name) => step.GetProperty(name).GetInt32();
            double Share(string name) => step.GetProperty(name).GetDouble();
            Count("images").ShouldBe(40);
            (Share("training") + Share("wrong") + Share("abstained")).ShouldBe(Share("loss"), 1e-12);
            Share("loss").ShouldBe((Count("clean_correct") - Count("smoothed_correct")) / 40.0, 1e-12);
        }

        root.GetProperty("cells").EnumerateArray().ShouldAllBe(c => c.GetProperty("sandwich_holds").GetBoolean());
        root.GetProperty("cells").GetArrayLength().ShouldBe(8);
        root.GetProperty("ceilings").GetArrayLength().ShouldBe(1);
        root.GetProperty("missing").GetArrayLength().ShouldBe(0);
        var cell = await RsmoothRunner.RunInAsync(
            _folder.Path,
            ["results", "small", "--cell", "digits/small-conv@0/gaussian/0", "-o", "csv"]
        );
        cell.Output.Trim().Split('\n').Length.ShouldBe(2, "the cell itself, not those whose sigma begins with 0");
        var page = File.ReadAllText(_folder.File("small/loss/loss.html"));
        page.ShouldContain("data:image/png;base64,");
        page.ShouldNotContain("http");
        foreach (var name in new[] { "decomposition", "grid", "draws" })
        {
            File.Exists(_folder.File($"small/loss/{name}.png")).ShouldBeTrue(name);
            File.Exists(_folder.File($"small/loss/{name}.svg")).ShouldBeTrue(name);
            File.Exists(_folder.File($"small/loss/{name}.csv")).ShouldBe(name != "grid", name);
        }
    }

    [Fact]
    public async Task A_sweep_without_the_cells_gets_sentences_in_place_of_parts()
    {
        var sweep = _folder.Write("tiny.yaml", Run.TinySweep.Text);
        await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--set", "sigmas=[0.25]", "--set", "certify.n=50");

        var report = await RsmoothRunner.RunInAsync(_folder.Path, "loss", "report", "results/tiny");

        report.ExitCode.ShouldBe(ExitCodes.Done, report.Error);
        report.Output.ShouldContain("add 0 to models.conv.train.sigmas and to sigmas");
        File.ReadAllText(_folder.File("results/tiny/loss/loss.html")).ShouldContain("What this sweep cannot tell");
    }

    [Fact]
    public async Task Families_cannot_be_matched_on_images_of_few_pixels_and_nothing_is_begun()
    {
        foreach (var split in new[] { "train", "test" })
        {
            _folder.Write($"dots/{split}.csv", "p0,p1,p2,p3,label\n0,1,2,3,0\n9,8,7,6,1\n");
        }

        var sweep = _folder.Write(
            "dots.yaml",
            """
            name: dots
            datasets: [{ name: dots, path: dots, format: csv }]
            models: [{ name: net, architecture: small-conv, train: {} }]
            noises: [matched-laplace]
            sigmas: [0.25]
            certify: { n: 100 }
            """
        );

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("at least 8 coordinates");
    }

    [Fact]
    public async Task A_folder_without_results_is_a_paragraph()
    {
        var report = await RsmoothRunner.RunInAsync(_folder.Path, "loss", "report", "nothing");

        report.ExitCode.ShouldBe(ExitCodes.BadInput);
        report.Error.ShouldContain("no results folder");
    }
}
