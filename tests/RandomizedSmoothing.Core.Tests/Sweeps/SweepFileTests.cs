using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepFileTests
{
    private const string FilePath = "/sweeps/here/mnist.yaml";

    [Fact]
    public void A_minimal_file_gets_the_documented_defaults()
    {
        var spec = Parse(SweepTexts.Minimal);

        spec.Name.ShouldBe("tiny");
        spec.Seed.ShouldBe(0UL);
        spec.Noises.ShouldBe(["gaussian"]);
        spec.Sampler.ShouldBe(SamplerKind.Exact);
        spec.Datasets.Single().ShouldBe(new DatasetSpec { Name = "digits" });
        spec.Certify.N0.ShouldBe(100);
        spec.Certify.N.ShouldBe(100_000);
        spec.Certify.Alpha.ShouldBe(0.001);
        spec.Certify.Mode.ShouldBe(CertificationMode.Fixed);
        spec.Execution.ShouldBe(new ExecutionPlan());
        var train = spec.Models.Single().Train.ShouldNotBeNull();
        (train.SigmaKind, train.Epochs, train.BatchSize, train.Recipe).ShouldBe(
            (TrainSigmaKind.Match, 4, 128, "gaussian")
        );
    }

    [Fact]
    public void The_number_of_classes_is_part_of_a_data_set()
    {
        const string Own = "datasets=[{ name: own, format: csv, path: own, classes: 12 }]";
        Parse(SweepTexts.Minimal, Own).Datasets.Single().Classes.ShouldBe(12);
    }

    [Fact]
    public void A_complete_file_is_read_key_by_key()
    {
        var spec = Parse(SweepTexts.Complete);

        (spec.Name, spec.Seed, spec.Priority).ShouldBe(("mnist-gaussian", 20200303UL, 2));
        var mnist = spec.Datasets[0];
        (mnist.Format, mnist.Split, mnist.Skip, mnist.Max).ShouldBe(("idx", "test", 20, 500));
        mnist.Path.ShouldBe(Path.GetFullPath("/sweeps/here/data/mnist"));
        spec.Models[1].Train!.SigmaKind.ShouldBe(TrainSigmaKind.List);
        spec.Models[1].Train!.Sigmas.ShouldBe([0, 0.25]);
        spec.Models[1].Train!.Options["lambda"].ShouldBe(20);
        spec.Models[1].Train!.MaxImages.ShouldBe(1000);
        spec.Models[2].File.ShouldBe(Path.GetFullPath("/sweeps/here/models/colt.ts.pt"));
        spec.Models[2].Normalize!.Mean.ShouldBe([0.1307]);
        spec.Models[2].Normalize!.Std.ShouldBe([0.3081]);
        spec.Noises.ShouldBe(["gaussian", "floating"]);
        spec.Sigmas.ShouldBe([0.25, 0.5, 1]);
        spec.Certify.ShouldBe(
            new CertificationPlan
            {
                Mode = CertificationMode.Anytime,
                N = 100_000,
                FamilyWise = FamilyWiseCorrection.Bonferroni,
                Images = CertifiedImages.Correct,
                Precision = 0.02,
                Tolerance = 0.005,
                Radii = spec.Certify.Radii,
            }
        );
        spec.Certify.Radii.ShouldBe([0.25, 0.5, 0.75, 1]);
        spec.Sampler.ShouldBe(SamplerKind.Device);
        spec.Execution.ShouldBe(
            new ExecutionPlan
            {
                Precision = Precision.BFloat16,
                MaxAttempts = 5,
                ShardImages = 8,
            }
        );
        spec.Report.Radii.ShouldBe([0, 0.1, 0.2, 0.3]);
        spec.Report.CompareWith.ShouldBe([Path.GetFullPath("/sweeps/here/logs/cohen.tsv")]);
    }

    [Fact]
    public void Json_is_accepted_too()
    {
        const string Json = """
            {
            	"name": "tiny", "seed": 18446744073709551615,
            	"datasets": [{"name": "digits", "max": 5}],
            	"models": [{"name": "net", "architecture": "small-conv", "train": {"sigmas": "none"}}],
            	"sigmas": [0.25], "certify": {"n": 1000, "alpha": 1e-2}
            }
            """;

        var spec = Parse(Json);

        spec.Seed.ShouldBe(ulong.MaxValue);
        spec.Certify.Alpha.ShouldBe(0.01);
        spec.Models[0].Train!.SigmaKind.ShouldBe(TrainSigmaKind.None);
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_accepted()
    {
        const string Yaml = """
            x-training: &training { epochs: 7, batchSize: 32 }
            name: tiny
            datasets: [digits]
            models:
              - { name: a, architecture: lenet, train: *training }
              - { name: b, architecture: lenet, train: { <<: *training, batchSize: 64, sigmas: none } }
            sigmas: 0.5
            """;

        var models = Parse(Yaml).Models;

        models.Select(m => (m.Train!.Epochs, m.Train.BatchSize)).ShouldBe([(7, 32), (7, 64)]);
    }

    [Fact]
    public void An_anytime_plan_without_radii_gets_0_and_six_steps_of_half_the_largest_sigma()
    {
        Parse(SweepTexts.Minimal + "\ncertify: { mode: anytime }\n", "sigmas=[0.12,0.5]")
            .Certify.Radii.ShouldBe([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]);
        Parse(SweepTexts.Minimal + "\ncertify: { mode: anytime }\n", "sigmas=[1]")
            .Certify.Radii.ShouldBe([0, 0.5, 1, 1.5, 2, 2.5, 3]);
        Parse(SweepTexts.Minimal + "\ncertify: { mode: anytime }\n", "report.radii=[0.3,0.7]")
            .Certify.Radii.ShouldBe([0, 0.3, 0.7]);
        Parse(SweepTexts.Minimal + "\ncertify: { mode: anytime, precision: 0.05 }\n").Certify.Radii.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[0.3]", "{radii: [0, 0.3]}", true)]
    [InlineData("[0.3]", "{}", true)]
    [InlineData("[0, 0.3]", "{radii: [0, 0.3]}", false)]
    [InlineData("[0.3]", "{radii: [0.3]}", false)]
    public void Radii_without_0_warn_where_the_report_shows_it(string decided, string reported, bool warns)
    {
        string[] overrides = [$"certify={{mode: anytime, radii: {decided}}}", $"report={reported}"];
        var result = TestSweep.Parse(SweepTexts.Minimal, FilePath, overrides);
        result.IsValid.ShouldBeTrue();
        result.Warnings.Select(w => w.Path).ShouldBe(warns ? ["certify.radii"] : []);
    }

    [Fact]
    public void A_warning_does_not_stop_the_sweep()
    {
        var result = TestSweep.Parse(SweepTexts.Minimal, FilePath, ["certify.n=50", "certify.n0=60"]);

        result.IsValid.ShouldBeTrue();
        result.Warnings.Single().Path.ShouldBe("certify.n0");
        result.Describe().ShouldContain("1 warning");
    }

    [Theory]
    [InlineData("0x1F", 31UL)]
    [InlineData("1e3", 1000UL)]
    [InlineData("+7", 7UL)]
    [InlineData("-0", 0UL)]
    public void Whole_numbers_may_be_written_in_each_form_of_yaml(string text, ulong seed) =>
        Parse(SweepTexts.Minimal, $"seed={text}").Seed.ShouldBe(seed);

    private static SweepSpec Parse(string yaml, params string[] overrides)
    {
        var result = TestSweep.Parse(yaml, FilePath, overrides);
        result.Describe().ShouldBe("");
        return result.Require();
    }
}
