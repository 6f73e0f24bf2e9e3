using System.Text.Json.Nodes;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Runs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Tests.Runs;

public sealed class RunComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Differences_of_what_the_runs_are_come_first_and_deltas_are_image_by_image()
    {
        var a = Log("toy/net/noise_0.25/test/sigma_0.25", "0 1 1 0.5", "1 1 1 0.2", "2 1 2 0.9", "3 1 -1 0.0");
        var b = Log("toy/net/noise_0.50/test/sigma_0.50", "1 1 1 0.6", "2 1 1 0.7", "3 1 1 0.1", "4 1 1 9.0");
        var comparison = RunComparison.Of([a, b], [0, 0.5]);
        comparison.Differences.Select(d => d.Name).ShouldBe(["trained at σ", "σ"]);
        comparison.Differences[1].Values.ShouldBe(["0.25", "0.5"]);
        comparison.Table.Rows[0].Accuracies.ShouldBe([0.5, 0.25]);
        var delta = comparison.Deltas.ShouldHaveSingleItem();
        delta.SharedImages.ShouldBe(3);
        delta.Deltas[0].ShouldBe(new RadiusDelta(0, 1.0 / 3, 1, 0, 2, 0.5));
        delta.Deltas[1].ShouldBe(new RadiusDelta(0.5, 0, 2.0 / 3, 0, 2, 0.5));
        delta.RadiusDifference.ShouldBe((0.6 + 0.7 + 0.1 - 0.2) / 3, 1e-12);
    }

    [Fact]
    public void Images_of_one_index_and_two_labels_are_not_taken_for_the_same()
    {
        var a = Log("toy/net/noise_0.25/test/sigma_0.25", "0 1 1 0.5", "1 1 1 0.2", "2 3 2 0.9");
        var b = Log("toy/net/noise_0.50/test/sigma_0.50", "0 1 1 0.6", "1 2 1 0.7", "2 2 2 0.1");
        var comparison = RunComparison.Of([a, b], [0]);
        comparison.Deltas[0].SharedImages.ShouldBe(0);
        comparison.Deltas[0].OtherLabels.ShouldBe(2);
        ComparisonText.Grid(comparison).ShouldContain("2 images of the same index have another label");
    }

    [Fact]
    public void A_few_mended_labels_do_not_make_other_images()
    {
        string[] Rows(int first) => [.. Enumerable.Range(0, 100).Select(i => $"{i} {(i == 0 ? first : 1)} 1 0.5")];
        var a = Log("toy/net/noise_0.25/test/sigma_0.25", Rows(1));
        var b = Log("toy/net/noise_0.50/test/sigma_0.50", Rows(2));
        var delta = RunComparison.Of([a, b], [0]).Deltas.ShouldHaveSingleItem();
        (delta.SharedImages, delta.OtherLabels).ShouldBe((99, 1));
    }

    [Fact]
    public void A_prediction_log_is_compared_where_it_says_something_and_nowhere_else()
    {
        var a = Log("toy/net/noise_0.25/test/sigma_0.25", "0 1 1 0.5", "1 1 1 0.2");
        var text = "idx\tlabel\tpredict\tcorrect\ttime\n0\t1\t1\t1\t1.0\n1\t1\t-1\t0\t1.0\n";
        var predicted = CohenTsvReader.Parse(text, "toy/net/noise_0.25/test/N_100/sigma_0.25");
        var b = CertifiedRun.OfLog(predicted, null);
        var comparison = RunComparison.Of([a, b], [0, 0.25]);
        comparison.Table.Rows[1].Accuracies.ShouldBe([0.5, double.NaN]);
        comparison.Table.IsBest(0, 1).ShouldBeTrue();
        comparison.Table.Rows[1].AverageRadius.ShouldBeNull();
        comparison.Deltas[0].Deltas.ShouldHaveSingleItem().Radius.ShouldBe(0);
        comparison.Figure.Panels.ShouldHaveSingleItem().Series.ShouldHaveSingleItem().Label.ShouldStartWith("A");
        ComparisonText.Grid(comparison).ShouldNotContain("nan", Case.Insensitive);
        ComparisonText.Json([comparison]).ShouldContain("\"certifiedAccuracy\": null");
        TableData.Csv(RunTable.Of([a, b], [0, 0.25], 2)).ShouldNotContain("nan", Case.Insensitive);
    }

    [Fact]
    public void The_texts_are_as_approved()
    {
        var a = Log("toy/net/noise_0.25/test/sigma_0.25", "0 1 1 0.5", "1 1 1 0.2", "2 1 2 0.9", "3 1 -1 0.0");
        var b = Log("toy/net/noise_0.50/test/sigma_0.50", "1 1 1 0.6", "2 1 1 0.7", "3 1 1 0.1", "4 1 1 9.0");
        var comparison = RunComparison.Of([a, b], [0, 0.5]);
        Approved.Match(ComparisonText.Grid(comparison), "grid");
        Approved.Match(ComparisonText.Markdown(comparison), "markdown");
        Approved.Match(ComparisonText.Csv([comparison]), "csv");
        JsonNode.Parse(ComparisonText.Json([comparison]))![0]!["deltas"]![0]!["radii"]![1]!["onlyOther"]!
            .GetValue<int>()
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_sweep_and_its_recertification_meet_cell_by_cell_and_differ_in_alpha_alone()
    {
        var results = SampleSweep.Create();
        await ResultsFolder.WriteAsync(_folder.File("a"), results);
        await ResultsFolder.WriteAsync(_folder.File("b"), Recertification.Apply(results, ["certify.alpha=0.05"]));
        var groups = RunMatching.Groups(await RunCatalogue.OpenAsync([_folder.File("a"), _folder.File("b")]));
        groups.Unmatched.ShouldBeEmpty();
        groups.Matched.Count.ShouldBe(2);
        foreach (var group in groups.Matched)
        {
            var comparison = RunComparison.Of(group, []);
            comparison.Differences.ShouldHaveSingleItem().Name.ShouldBe("α");
            comparison.Deltas[0].Deltas.ShouldAllBe(d => d.OnlyFirst == 0);
            comparison.Deltas[0].RadiusDifference.ShouldBeGreaterThan(0);
            comparison.Figure.Panels[0].Series.Select(c => c.Label).ShouldBe(["A: α = 0.001", "B: α = 0.05"]);
        }

        await ComparisonFolder.WriteAsync(_folder.File("c"), [.. groups.Matched.Select(g => RunComparison.Of(g, []))]);
        Directory
            .EnumerateFiles(_folder.File("c"))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["compare.csv", "compare.md", "compare.png", "compare.svg"]);
    }

    [Fact]
    public void Only_what_follows_from_votes_can_change()
    {
        var results = SampleSweep.Create();
        foreach (
            var setting in new[] { "certify.n=10", "certify.n0=10", "sigmas=[1]", "certify.mode=anytime", "seed=1" }
        )
        {
            Should
                .Throw<UserErrorException>(() => Recertification.Apply(results, [setting]))
                .Message.ShouldContain("decides which votes are drawn");
        }

        Should
            .Throw<UserErrorException>(() => Recertification.Apply(results, []))
            .Message.ShouldContain("certify.alpha");
        Should
            .Throw<UserErrorException>(() => Recertification.Apply(results, ["certify.alpha=2"]))
            .Message.ShouldContain("certify.alpha");
        var again = Recertification.Apply(
            results,
            ["certify.certificate=two-class", "certify.familyWise=bonferroni", "report.radii=[0, 0.1]"]
        );
        again.Sweep.Plan.Certificate.ShouldBe(CertificateKind.TwoClass);
        again.Sweep.Plan.FamilyWise.ShouldBe(FamilyWiseCorrection.Bonferroni);
        again.Sweep.Plan.N.ShouldBe(results.Sweep.Plan.N);
        again.Sweep.Report.Radii.ShouldBe([0, 0.1]);
        again.Certify()[0].Certificates[0].Alpha.ShouldBe(0.001 / SampleSweep.Images, 1e-12);
    }

    [Fact]
    public async Task An_imported_log_keeps_its_rows_its_digits_and_what_is_known_of_it()
    {
        var path = _folder.File("log");
        await File.WriteAllTextAsync(
            path,
            "idx label predict radius correct time\r\n0 1 1 0.2900 1 12.5\r\n20 1 2 0.1250 0 13\r\nfree text\r\n"
        );
        var log = CohenTsv.Read(path);
        var known = log.Specification with
        {
            Dataset = "toy",
            Model = "net",
            Noise = "gaussian",
            Sigma = 0.25,
            Draws = 1000,
            Alpha = 0.001,
        };
        var imported = await ImportFolder.WriteAsync(_folder.File("imported"), [log with { Known = known }]);
        imported[0].Certificates.ShouldBe("certificates/toy__net__gaussian__0.25.tsv");
        File.ReadAllText(_folder.File("imported/certificates/toy__net__gaussian__0.25.tsv"))
            .ShouldBe(
                "idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t1\t1\t0.29\t1\t0:00:12.500000\n20\t1\t2\t0.125\t0\t0:00:13\n"
            );
        var back = RunCatalogue.Logs([_folder.File("imported")]).ShouldHaveSingleItem();
        back.Rows.ShouldBe(log.Rows);
        back.RadiusDigits.ShouldBe(new RadiusDigits(4, true));
        back.Specification.ShouldBe(known);
    }

    [Fact]
    public void Radii_of_different_norms_are_never_compared()
    {
        var (l2, l1, own) = (Own("gaussian"), Own("uniform"), Own("laplace"));
        RunSource[] both = [new("a", [l2]), new("b", [l1])];
        RunMatching.Groups(both).Matched.ShouldBeEmpty();
        RunMatching.Groups(both).Unmatched.Count.ShouldBe(2);
        RunMatching.Groups([new("a", [l1]), new("b", [own])]).Matched.ShouldHaveSingleItem().ShouldBe([l1, own]);
    }

    [Fact]
    public void A_norm_that_is_not_known_is_a_difference_and_has_a_panel_of_its_own()
    {
        var comparison = RunComparison.Of([Own("gaussian"), Log("mine.tsv", "0 1 1 0.5", "1 1 1 0.6")], [0, 0.5]);

        comparison.Differences.Single(d => d.Name == "norm").Values.ShouldBe(["ℓ2", "?"]);
        comparison.Table.Norm.ShouldBe("ℓ2/?");
        Enumerable.Range(0, 2).ShouldAllBe(row => comparison.Table.IsBest(row, 1));
        comparison.Figure.Panels.Select(p => (p.Title, p.Norm)).ShouldBe([("ℓ2", Norm.L2), ("?", (Norm?)null)]);
    }

    [Fact]
    public async Task An_imported_log_of_unknown_noise_is_not_named_gaussian()
    {
        var path = _folder.File("mine.tsv");
        await File.WriteAllTextAsync(path, CohenTsv.Header + "\n0\t1\t1\t0.5\t1\t1.0\n");
        var log = CohenTsv.Read(path);
        var known = log.Specification with { Dataset = "toy", Model = "net", Sigma = 0.25 };
        var imported = await ImportFolder.WriteAsync(_folder.File("imported"), [log with { Known = known }]);
        imported[0].Certificates.ShouldBe("certificates/mine.tsv");
    }

    [Fact]
    public async Task A_folder_that_an_earlier_version_imported_keeps_its_noise()
    {
        var path = _folder.File("toy/net/noise_0.25/test/sigma_0.25");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, CohenTsv.Header + "\n0\t1\t1\t0.5\t1\t1.0\n");
        var log = CohenTsv.Read(path);
        var earlier = log with { Known = log.Specification with { Noise = null } };
        await ImportFolder.WriteAsync(_folder.File("imported"), [earlier]);
        var back = RunCatalogue.Logs([_folder.File("imported")]).ShouldHaveSingleItem().Specification;
        (back.Noise, back.Norm).ShouldBe(("gaussian", Norm.L2));
    }

    [Fact]
    public void A_folder_without_logs_is_named() =>
        Should.Throw<UserErrorException>(() => RunCatalogue.Logs([_folder.Path])).Message.ShouldContain(_folder.Path);

    private static CertifiedRun Own(string noise) => Log($"toy__net@0.5__{noise}__0.5.tsv", "0 1 1 0.5", "1 1 1 0.2");

    private static CertifiedRun Log(string path, params string[] rows)
    {
        var text = CohenTsv.Header + "\n";
        foreach (var row in rows)
        {
            var fields = row.Split(' ');
            text += string.Join('\t', [.. fields, fields[1] == fields[2] ? "1" : "0", "1.0"]) + "\n";
        }

        return CertifiedRun.OfLog(CohenTsvReader.Parse(text, path), null);
    }
}
