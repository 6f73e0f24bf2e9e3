using System.Text.Json.Nodes;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Tests.Results;

public sealed class ResultsFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_promised_file_is_there_and_nothing_else()
    {
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create());
        Directory
            .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(_folder.Path, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "certificates/shapes__lenet@0.25__gaussian__0.25.tsv",
                "certificates/shapes__lenet@0.5__gaussian__0.5.tsv",
                "curves.csv",
                "curves.png",
                "curves.svg",
                "manifest.json",
                "report.html",
                "table.md",
                "table.tex",
                "votes.csv",
                "votes.parquet",
            ]);
        Directory.EnumerateDirectories(_folder.Path, ".writing*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Manifest_and_report_say_once_that_a_network_saw_the_certified_images()
    {
        var sample = SampleSweep.Create();
        var (seen, other) = (sample.Sweep.Models[0], sample.Sweep.Models[1]);
        seen = seen with { Training = seen.Training! with { DatasetHash = sample.Sweep.Datasets[0].Hash } };
        var trained = sample with { Sweep = sample.Sweep with { Models = [seen, other] }, Warnings = ["A gap."] };
        await ResultsFolder.WriteAsync(_folder.Path, trained);

        // Read back, as before it is certified again.
        await ResultsFolder.WriteAsync(_folder.Path, await ResultsReader.ReadAsync(_folder.Path));

        const string Caveat = "The networks for shapes are trained on the very images that are certified";
        var warnings = ResultsReader.ReadManifest(_folder.Path).Warnings;
        warnings.Count.ShouldBe(2);
        warnings.ShouldContain(warning => warning.StartsWith(Caveat, StringComparison.Ordinal));
        warnings.ShouldContain("A gap.");
        (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "report.html"))).ShouldContain(Caveat);
    }

    [Fact]
    public async Task Of_a_wide_grid_the_page_shows_some_cells_and_the_files_have_all()
    {
        await ResultsFolder.WriteAsync(
            _folder.Path,
            SampleSweep.Create(models: [.. Enumerable.Range(0, 200).Select(i => $"model{i}")])
        );

        var page = await File.ReadAllTextAsync(_folder.File("report.html"));
        page.ShouldContain("Figures and this page show 300 of 400 cells, from all over the grid.");
        var table = page[page.IndexOf("id=\"table\"", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("</table>", StringComparison.Ordinal)];
        table.Split("<tr>").Length.ShouldBe(1 + 1 + 300);
        page.ShouldContain("(its cells are in manifest.json)");
        table.ShouldContain("model0<");
        table.ShouldContain("model199<");
        var rows = await File.ReadAllLinesAsync(_folder.File("table.md"));
        rows.Count(row => row.Contains("model", StringComparison.Ordinal) && row.StartsWith('|')).ShouldBe(1 + 400);
    }

    [Fact]
    public async Task What_was_written_reads_back_vote_for_vote()
    {
        var written = SampleSweep.Create(unfinished: 7, models: ["lenet", "wide"]);
        await ResultsFolder.WriteAsync(_folder.Path, written);
        ShouldBeTheSame(await ResultsReader.ReadAsync(_folder.Path), written, withSeconds: true);
    }

    [Fact]
    public async Task Two_selections_of_the_same_images_read_back_each_with_its_own()
    {
        var sample = SampleSweep.Create();
        var (whole, cell) = (sample.Sweep.Datasets[0], sample.Sweep.Cells[0]);
        var part = whole with { Name = "few", Step = 15, Labels = [.. whole.Labels.Where((_, at) => at % 3 == 0)] };
        var other = cell with { Id = new CellId(cell.Id.Value.Replace("shapes/", "few/", StringComparison.Ordinal)) };
        var images = sample.Votes[0].Images.Where((_, at) => at % 3 == 0);
        var written = sample with
        {
            Sweep = sample.Sweep with { Datasets = [whole, part], Cells = [.. sample.Sweep.Cells, other] },
            Votes = [.. sample.Votes, new CellVotes(other, part, [.. images])],
        };
        await ResultsFolder.WriteAsync(_folder.Path, written);

        var read = await ResultsReader.ReadAsync(_folder.Path);

        ShouldBeTheSame(read, written, withSeconds: true);
        read.Sweep.Datasets.Select(d => (d.Name, d.Step, d.Count)).ShouldBe([("shapes", 5, 60), ("few", 15, 20)]);
        read.Certify().Select(c => (c.Dataset.Name, c.Planned)).ShouldBe([("shapes", 60), ("shapes", 60), ("few", 20)]);
    }

    [Fact]
    public async Task The_csv_serves_where_the_parquet_file_is_gone()
    {
        var written = SampleSweep.Create(unfinished: 7);
        await ResultsFolder.WriteAsync(_folder.Path, written);
        File.Delete(_folder.File("votes.parquet"));
        ShouldBeTheSame(await ResultsReader.ReadAsync(_folder.Path), written, withSeconds: false);
    }

    [Fact]
    public async Task The_same_votes_give_the_same_bytes_whatever_the_timing()
    {
        var first = SampleSweep.Create();
        var slower = first with
        {
            Votes =
            [
                .. first.Votes.Select(v =>
                    v with
                    {
                        Images = [.. v.Images.Select(i => i with { Seconds = i.Seconds * 3 })],
                    }
                ),
            ],
        };
        await ResultsFolder.WriteAsync(_folder.File("a"), first);
        await ResultsFolder.WriteAsync(_folder.File("b"), slower);
        foreach (var name in new[] { "votes.csv", "curves.csv", "table.md", "table.tex", "curves.png", "curves.svg" })
        {
            File.ReadAllBytes(_folder.File($"a/{name}")).ShouldBe(File.ReadAllBytes(_folder.File($"b/{name}")), name);
        }
    }

    [Fact]
    public async Task Images_that_are_not_estimated_keep_their_rows_in_the_log_and_are_no_abstentions()
    {
        var results = SampleSweep.PartlyEstimated();
        await ResultsFolder.WriteAsync(_folder.Path, results);
        var leftOut = 0;
        foreach (var cell in results.Certify())
        {
            var name = cell.Cell.Id.FileName + ".tsv";
            var path = _folder.File("certificates/" + name);
            var log = CohenTsv.Read(path);
            log.Rows.Count.ShouldBe(cell.Certificates.Count);
            log.Rows.Count(r => r.NotEstimated).ShouldBe(cell.Certificates.Count(c => c.NotEstimated));
            log.Rows.Count(r => r.Abstained).ShouldBe(cell.Certificates.Count(c => c.Abstained));
            leftOut += (await File.ReadAllLinesAsync(path)).Count(l => l.Split('\t')[2..5] is ["-2", "0.0", "0"]);
        }

        leftOut.ShouldBe(results.Certify().Sum(c => c.Certificates.Count(r => r.NotEstimated)));
        leftOut.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Unfinished_images_have_votes_but_no_certificate()
    {
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create(unfinished: 7));
        var log = CohenTsv.Read(_folder.File("certificates/shapes__lenet@0.25__gaussian__0.25.tsv"));
        log.Rows.Count.ShouldBe(SampleSweep.Images - 7);
        File.ReadLines(_folder.File("votes.csv")).Count().ShouldBe(1 + 2 * 2 * SampleSweep.Images);
        File.ReadAllText(_folder.File("report.html")).ShouldContain("53 of 60 images");
    }

    [Fact]
    public async Task The_manifest_says_what_the_results_rest_on()
    {
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create());
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("manifest.json")))!;
        ((long)manifest["certify"]!["n0"]!).ShouldBe(100);
        ((long)manifest["certify"]!["n"]!).ShouldBe(1000);
        ((double)manifest["certify"]!["alpha"]!).ShouldBe(0.001);
        ((string?)manifest["certify"]!["certificate"]).ShouldBe("top-class");
        ((ulong)manifest["seed"]!).ShouldBe(ulong.MaxValue);
        ((string?)manifest["sampler"]).ShouldBe("exact");
        ((string?)manifest["execution"]!["precision"]).ShouldBe("float32");
        ((string?)manifest["state"]).ShouldBe("completed");
        ((string?)manifest["datasets"]![0]!["hash"]).ShouldBe(SampleSweep.Hash("shapes").Hex);
        ((string?)manifest["environment"]!["libraries"]!["libtorch"]).ShouldBe("2.10.0");
        ((string?)manifest["environment"]!["devices"]![0]!["name"]).ShouldBe("cpu:0");
        ((double)manifest["wallSeconds"]!).ShouldBe(60);
        ((string?)manifest["sweepFile"]).ShouldStartWith("name: shapes");
        manifest["files"]!.AsArray().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Logs_of_cells_that_are_gone_are_removed_and_strangers_stay()
    {
        var before = SampleSweep.Create(models: ["lenet", "wide"]);
        await ResultsFolder.WriteAsync(_folder.Path, before);
        await File.WriteAllTextAsync(_folder.File("certificates/mine.tsv"), "mine");
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create());
        Directory
            .EnumerateFiles(_folder.File("certificates"))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["mine.tsv", "shapes__lenet@0.25__gaussian__0.25.tsv", "shapes__lenet@0.5__gaussian__0.5.tsv"]);
    }

    [Fact]
    public async Task A_cancelled_write_leaves_the_folder_as_it_was()
    {
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create());
        var manifest = await File.ReadAllTextAsync(_folder.File("manifest.json"));
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create(unfinished: 5), cancellation: source.Token)
        );
        (await File.ReadAllTextAsync(_folder.File("manifest.json"))).ShouldBe(manifest);
        ShouldBeTheSame(await ResultsReader.ReadAsync(_folder.Path), SampleSweep.Create(), withSeconds: true);
        Directory.EnumerateDirectories(_folder.Path, ".writing*").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_altered_vote_file_is_refused_by_name()
    {
        await ResultsFolder.WriteAsync(_folder.Path, SampleSweep.Create());
        File.Delete(_folder.File("votes.parquet"));
        var path = _folder.File("votes.csv");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(path)).Replace("selection,100", "selection,200")
        );
        var error = await Should.ThrowAsync<UserErrorException>(() => ResultsReader.ReadAsync(_folder.Path));
        error.Message.ShouldContain("votes.csv");
        error.Message.ShouldContain("SHA-256");
    }

    [Fact]
    public async Task A_folder_without_results_and_one_that_cannot_be_written_are_named()
    {
        (
            await Should.ThrowAsync<UserErrorException>(() => ResultsReader.ReadAsync(_folder.Path))
        ).Message.ShouldContain("no results folder");
        await File.WriteAllTextAsync(_folder.File("file"), "");
        var error = await Should.ThrowAsync<UserErrorException>(() =>
            ResultsFolder.WriteAsync(_folder.File("file"), SampleSweep.Create())
        );
        error.Message.ShouldContain(_folder.File("file"));
        error.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_published_log_that_is_missing_is_a_warning_not_a_failure()
    {
        var results = SampleSweep.Create();
        var sweep = results.Sweep with { Report = results.Sweep.Report with { CompareWith = ["/nonexistent/log"] } };
        var written = await ResultsFolder.WriteAsync(_folder.Path, results with { Sweep = sweep });
        written.Warnings.ShouldContain(w => w.Contains("/nonexistent/log"));
        ResultsReader.ReadManifest(_folder.Path).Warnings.ShouldContain(w => w.Contains("/nonexistent/log"));
    }

    private static void ShouldBeTheSame(SweepResults read, SweepResults written, bool withSeconds)
    {
        read.Votes.Count.ShouldBe(written.Votes.Count);
        foreach (var (actual, expected) in read.Votes.Zip(written.Votes))
        {
            actual.Cell.ShouldBe(expected.Cell);
            var images = withSeconds ? expected.Images : [.. expected.Images.Select(i => i with { Seconds = 0 })];
            actual.Images.ShouldBe(images);
        }

        read.State.ShouldBe(written.State);
        read.Sweep.Seed.ShouldBe(written.Sweep.Seed);
        read.Sweep.Cells.ShouldBe(written.Sweep.Cells);
        read.Sweep.Datasets[0].Labels.ShouldBe(written.Sweep.Datasets[0].Labels);
        read.Sweep.Datasets[0].ClassNames.ShouldBe(written.Sweep.Datasets[0].ClassNames);
        (read.Sweep.Plan with { Radii = written.Sweep.Plan.Radii }).ShouldBe(written.Sweep.Plan);
        read.Sweep.Models.Select(m => m.Key).ShouldBe(written.Sweep.Models.Select(m => m.Key));
        read.Sweep.Models[0].Training!.Recipe.Options["lambda"].ShouldBe(5);
        read.Sweep.Report.Radii.ShouldBe(written.Sweep.Report.Radii);
        read.Environment.Models.ShouldBe(written.Environment.Models);
        read.Environment.FinishedAt.ShouldBe(written.Environment.FinishedAt);
    }
}
