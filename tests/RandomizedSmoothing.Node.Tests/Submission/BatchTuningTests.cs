using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Tests.Submission;

public sealed class BatchTuningTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_model_is_measured_once_for_a_data_set_and_its_rows_are_part_of_every_key()
    {
        var sweep = Resolve("tuned");
        var pending = BatchTuning.Pending(sweep).ShouldHaveSingleItem();
        (pending.Model, pending.Dataset, pending.Task.Standard).ShouldBe(("conv", "digits", 256));

        var tuned = BatchTuning.With(sweep, Choice(32));

        BatchTuning.Pending(tuned).ShouldBeEmpty();
        tuned.Cells.ShouldAllBe(cell => cell.BatchRows == 32);
        tuned.Cells.Select(c => c.VoteKey).ShouldBe(Resolve("32").Cells.Select(c => c.VoteKey));
        tuned.Cells.Select(c => c.VoteKey).ShouldNotBe(sweep.Cells.Select(c => c.VoteKey));
    }

    [Fact]
    public void Nothing_is_measured_where_the_file_or_the_architecture_says() =>
        new[] { "auto", "32" }.ShouldAllBe(size => BatchTuning.Pending(Resolve(size)).Count == 0);

    [Fact]
    public void What_an_earlier_sweep_measured_serves_more_levels_and_draws_of_the_same_model()
    {
        var earlier = BatchTuning.With(Resolve("tuned"), Choice(32));

        var later = BatchTuning.Adopt(Resolve("tuned", "certify.n=500", "sigmas=[0.5,1]"), earlier);

        later.BatchChoices.ShouldBe(earlier.BatchChoices);
        later.Cells.ShouldAllBe(cell => cell.BatchRows == 32);
        BatchTuning.Adopt(later, BatchTuning.With(Resolve("tuned"), Choice(64))).ShouldBe(later);
    }

    [Theory]
    [InlineData("execution.precision=bfloat16")]
    [InlineData("seed=8")]
    public void Another_precision_or_another_network_is_measured_anew(string change)
    {
        var earlier = BatchTuning.With(Resolve("tuned"), Choice(32));
        var later = Resolve("tuned", change);

        BatchTuning.Adopt(later, earlier).ShouldBe(later);
    }

    [Fact]
    public void A_choice_is_told_with_its_speed() =>
        BatchTuning.Describe(Choice(32)).ShouldBe("conv on digits: batches of 32 (12,345 draws/s on cpu:0).");

    private static BatchChoice Choice(int rows) =>
        new(
            "conv",
            "digits",
            rows,
            [
                new ThroughputReading(
                    new DeviceDescription("cpu:0", "cpu", "a processor"),
                    ClassifierRoute.Network,
                    [new BatchSpeed(rows, 12_345)]
                ),
            ]
        );

    private SweepDefinition Resolve(string batchSize, params string[] changes)
    {
        const string Text = """
            name: tuning
            seed: 7
            datasets: [{ name: digits, max: 6 }]
            models: [{ name: conv, architecture: small-conv, train: { sigmas: match, epochs: 1 } }]
            sigmas: [0.25, 0.5]
            certify: { n0: 10, n: 100, alpha: 0.01 }
            """;
        var spec = SweepFile.Parse(Text, null, [$"execution.batchSize={batchSize}", .. changes]).Require();
        var cache = new CacheFolders(_scratch.Path);
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = cache, Download = false });
        return new SweepResolver(catalogue, new ArtifactCache(cache.Artifacts)).Resolve(
            spec,
            SweepIds.For(spec.Name),
            Text
        );
    }
}
