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

public sealed class ScarceMemoryTests
{
    private static readonly CertificationPlan Plan = new() { N0 = 20, N = 200 };

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", 9)]
    [InlineData("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes", 3)]
    [InlineData("Failed to allocate memory for requested buffer of size 8", 1)]
    public void Batches_are_halved_until_they_fit_and_votes_stay_the_same(string message, int most)
    {
        var warnings = new List<string>();
        var scarce = Count(new Brightness(message, most), warnings);
        scarce.ShouldBe(Count(new Brightness("", int.MaxValue), []));
        warnings.Count.ShouldBe((int)Math.Log2(64.0 / most) + (most is 1 ? 0 : 1));
        warnings[^1]
            .ShouldContain($"goes on with {(most is 9 ? 8 : most is 3 ? 2 : 1)}");
    }

    [Fact]
    public void Where_one_image_does_not_fit_the_shard_fails() =>
        Should.Throw<ExternalException>(() => Count(new Brightness("out of memory", 0), []));

    [Fact]
    public void Another_error_is_not_taken_for_scarce_memory() =>
        Should.Throw<ExternalException>(() => Count(new Brightness("illegal instruction", 1), []));

    private static IReadOnlyList<(int, DrawStream, string)> Count(Brightness classifier, List<string> warnings)
    {
        var digits = EmbeddedDigits.Load("test");
        var device = new DeviceDescription("cpu:0", "cpu", "test");
        using (classifier)
        using (var counter = new TorchBatchCounter(device, warnings.Add))
        {
            counter.Source = new BatchSource(
                classifier,
                NoiseFamilies.Create("gaussian", 0.25).CreateSampler(digits.Shape),
                new NoisyImages(digits, 7),
                digits.Shape,
                digits.Classes,
                64,
                "scarce"
            );
            var votes = new RecordedVotes();
            var images = Enumerable
                .Range(0, 5)
                .Select(i => new ImageCount(i, digits.Labels[i], 10, new FixedStoppingRule(Plan), []));
            new ShardCount(images.GetEnumerator(), votes, TimeProvider.System, CancellationToken.None).Run(counter);
            return votes.Votes;
        }
    }

    /// <summary>Classifies by brightness, and fails on batches of too many rows.</summary>
    private sealed class Brightness(string message, int most) : BaseClassifier(null, CPU)
    {
        public override ClassifierRoute Route => ClassifierRoute.Program;

        protected override Tensor Compute(Tensor input)
        {
            if (input.shape[0] > most)
            {
                throw new ExternalException(message);
            }

            var level = input.mean([1, 2, 3]).reshape(-1, 1);
            return -(level - linspace(0.2, 0.5, 10)).abs();
        }
    }
}
