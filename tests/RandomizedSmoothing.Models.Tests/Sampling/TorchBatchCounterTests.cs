using System.Runtime.InteropServices;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Sampling;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Sampling;

public sealed class TorchBatchCounterTests
{
    private static readonly CertificationPlan Plan = new() { N0 = 20, N = 200 };

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void A_device_that_fetches_its_batches_and_runs_ahead_counts_the_same(int rows)
    {
        var ahead = Count(new Brightness(), [], rows, runsAhead: true);
        ahead.ShouldBe(Count(new Brightness(), []));
        ahead.ShouldContain(votes => votes.Item3.Split(',').Count(count => count != "0") > 1);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", 9, true)]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", 9, false)]
    [InlineData("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes", 3, false)]
    [InlineData("Failed to allocate memory for requested buffer of size 8", 1, false)]
    public void Batches_are_halved_until_they_fit_and_votes_stay_the_same(string message, int most, bool runsAhead)
    {
        var warnings = new List<string>();
        var scarce = Count(new Brightness(message, most), warnings, runsAhead: runsAhead);
        scarce.ShouldBe(Count(new Brightness(), []));
        warnings.Count.ShouldBe((int)Math.Log2(64.0 / most) + (most is 1 ? 0 : 1));
        warnings[^1]
            .ShouldContain($"goes on with {(most is 9 ? 8 : most is 3 ? 2 : 1)}");
    }

    [Fact]
    public void Rows_that_hold_no_image_are_not_asked_for_logits()
    {
        // 5 images of 220 draws each leave rows of the last batch that were never drawn: black, and divided by 0.
        var counted = Count(new Brightness(perNorm: true), [], rows: 2048);
        counted.Count.ShouldBe(10);
    }

    [Fact]
    public void Another_model_gets_whole_batches_again()
    {
        using var large = new Brightness("CUDA out of memory", 9);
        using var small = new Brightness();
        using var counter = new TorchBatchCounter(new DeviceDescription("cpu:0", "cpu", "test"), null);
        BatchSource Source(Brightness classifier) => SourceOf(classifier, EmbeddedDigits.Load("test"), 64);
        foreach (var (classifier, rows) in ((Brightness, int)[])[(large, 8), (large, 8), (small, 64), (large, 8)])
        {
            counter.Source = Source(classifier);
            Count(counter, new RecordedVotes());
            counter.Rows.ShouldBe(rows);
        }
    }

    [Fact]
    public void Where_one_image_does_not_fit_the_shard_fails() =>
        Should.Throw<ExternalException>(() => Count(new Brightness("out of memory", 0), []));

    [Fact]
    public void Another_error_is_not_taken_for_scarce_memory() =>
        Should.Throw<ExternalException>(() => Count(new Brightness("illegal instruction", 1), []));

    private static IReadOnlyList<(int, DrawStream, string)> Count(
        Brightness classifier,
        List<string> warnings,
        int rows = 64,
        bool runsAhead = false
    )
    {
        var device = new DeviceDescription("cpu:0", "cpu", "test");
        using (classifier)
        using (var counter = new TorchBatchCounter(device, warnings.Add, runsAhead))
        {
            counter.Source = SourceOf(classifier, EmbeddedDigits.Load("test"), rows);
            var votes = new RecordedVotes();
            Count(counter, votes);
            return votes.Votes;
        }
    }

    private static BatchSource SourceOf(Brightness classifier, ImageDataset digits, int rows) =>
        new(
            classifier,
            NoiseFamilies.Create("gaussian", 0.25).CreateSampler(digits.Shape),
            new NoisyImages(digits, 7),
            digits.Shape,
            digits.Classes,
            rows,
            "brightness"
        );

    private static void Count(TorchBatchCounter counter, RecordedVotes votes)
    {
        var images = Enumerable.Range(0, 5).Select(i => new ImageCount(i, i, 10, new FixedStoppingRule(Plan), []));
        new ShardCount(images.GetEnumerator(), votes, TimeProvider.System, CancellationToken.None).Run(counter);
    }

    /// <summary>Classifies by brightness, if asked for relative to the brightest pixel, and fails on batches of too many rows.</summary>
    private sealed class Brightness(string message = "", int most = int.MaxValue, bool perNorm = false)
        : BaseClassifier(null, CPU)
    {
        public override ClassifierRoute Route => ClassifierRoute.Program;

        protected override Tensor Compute(Tensor input)
        {
            if (input.shape[0] > most)
            {
                throw new ExternalException(message);
            }

            var shown = perNorm ? input.div(input.abs().amax([1, 2, 3], keepdim: true)) : input;
            var level = shown.mean([1, 2, 3]).reshape(-1, 1);
            return -(level - linspace(0.2, 0.5, 10)).abs();
        }
    }
}
