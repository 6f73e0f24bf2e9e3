using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class OverrideTests
{
    [Fact]
    public void A_path_goes_by_key_index_or_name()
    {
        var spec = TestSweep
            .Parse(
                SweepTexts.Complete,
                "/x/sweep.yaml",
                [
                    "certify.n=1000",
                    "certify.mode=fixed",
                    "certify.precision=",
                    "certify.tolerance=",
                    "sigmas=[0.25,0.5]",
                    "sigmas[1]=0.75",
                    "datasets[1].max=50",
                    "datasets.0.max=60",
                    "datasets.mnist.path=/y",
                    "models.grid.train.sigmas=none",
                    "report.radii={from: 0, to: 1, step: 0.5}",
                    "execution.shardImages=",
                    "noises=counted",
                ]
            )
            .Require();

        spec.Certify.N.ShouldBe(1000);
        spec.Sigmas.ShouldBe([0.25, 0.75]);
        spec.Datasets.Select(d => d.Max).ShouldBe([60, 50]);
        spec.Datasets[0].Path.ShouldBe(Path.GetFullPath("/y"));
        spec.Models[1].Train!.SigmaKind.ShouldBe(TrainSigmaKind.None);
        spec.Report.Radii.ShouldBe([0, 0.5, 1]);
        spec.Execution.ShardImages.ShouldBeNull();
        spec.Noises.ShouldBe(["counted"]);
    }

    [Fact]
    public void A_missing_section_is_made_and_an_item_can_be_removed()
    {
        var spec = TestSweep
            .Parse(
                SweepTexts.Minimal,
                null,
                ["certify.n=500", "datasets=[digits, mnist]", "datasets.mnist=", "datasets.digits.max=7"]
            )
            .Require();

        spec.Certify.N.ShouldBe(500);
        spec.Datasets.Single().ShouldBe(new DatasetSpec { Name = "digits", Max = 7 });
    }

    [Fact]
    public void The_longest_name_that_fits_is_meant()
    {
        const string Models = "models=[{name: a, file: /a.pt}, {name: a.b, file: /b.pt}]";
        var spec = TestSweep.Parse(SweepTexts.Minimal, null, [Models, "models.a.b.file=/c.pt"]).Require();

        spec.Models[1].File.ShouldBe(Path.GetFullPath("/c.pt"));
    }

    [Fact]
    public void An_override_of_an_anchored_value_leaves_its_other_uses_alone()
    {
        const string Yaml = """
            name: tiny
            datasets: [digits]
            models:
              - { name: a, architecture: lenet, train: &t { epochs: 7 } }
              - { name: b, architecture: lenet, train: *t }
            sigmas: 0.5
            """;

        var spec = TestSweep.Parse(Yaml, null, ["models.b.train.epochs=9"]).Require();

        spec.Models.Select(m => m.Train!.Epochs).ShouldBe([7, 9]);
    }

    [Theory]
    [InlineData("certify.alpha=2", "certify.alpha", "less than 0.5")]
    [InlineData("certify.aplha=0.1", "certify.aplha", "is not a key")]
    [InlineData("certify.alpha", "", "path=value")]
    [InlineData("=5", "", "path=value")]
    [InlineData("datasets[7].max=5", "[7].max", "there is no '[7].max'")]
    [InlineData("datasets.minst.max=5", "minst.max", "there is no 'minst.max'")]
    [InlineData("datasets[x].max=5", "[x].max", "an index reads")]
    [InlineData("name.x=5", "x", "has nothing below it")]
    [InlineData("certify..n=5", "certify..n", "")]
    [InlineData("certify.n=[1", "", "is not YAML")]
    public void A_problem_names_the_override(string text, string path, string rule)
    {
        var problem = TestSweep.Parse(SweepTexts.Complete, "/x/sweep.yaml", [text]).Errors.First();

        problem.Override.ShouldBe(text);
        (problem.Line, problem.Column).ShouldBe((0, 0));
        problem.Describe("f").ShouldStartWith($"--set {text}");
        problem.Rule.ShouldContain(rule);
        if (path.Length > 0 && rule.Length > 0)
        {
            problem.Path.ShouldBe(path);
        }
    }

    [Fact]
    public void An_override_mends_what_the_file_has_wrong()
    {
        var broken = SweepTexts.Minimal + "\ncertify: { alpha: 7 }\n";

        TestSweep.Parse(broken, null, []).IsValid.ShouldBeFalse();
        TestSweep.Parse(broken, null, ["certify.alpha=0.01"]).IsValid.ShouldBeTrue();
    }
}
