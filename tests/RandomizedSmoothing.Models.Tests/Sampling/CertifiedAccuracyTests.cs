using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Models.Tests.Sampling;

public sealed class CertifiedAccuracyTests(ITestOutputHelper output)
{
    private static readonly CertificationPlan Plan = new() { N0 = 100, N = 1000 };

    [SkippableFact]
    public void A_published_mnist_classifier_is_certified_as_by_an_independent_implementation()
    {
        var file = TestFolders.RequireShared("models", "colt_mnist_0.1.ts.pt");
        using var node = new Smoothing();
        var cell = node.Imported(
            new DatasetSpec
            {
                Name = "mnist",
                Path = TestFolders.RequireShared("data", "mnist"),
                Skip = 50,
            },
            new ModelSpec { Name = "colt", File = file },
            0.25,
            Plan
        );
        var votes = new RecordedVotes();
        node.Runner.Run(cell.Whole(), votes, CancellationToken.None);

        var (abstained, accuracy) = Certify(cell, votes, 0, 0.25, 0.5, 0.75);
        cell.Dataset.Count.ShouldBe(200);
        abstained.ShouldBeLessThanOrEqualTo(2);
        accuracy[1].ShouldBe(0.99, 0.02);
        accuracy[2].ShouldBe(0.935, 0.04);
        accuracy[3].ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData(0.25, 0.57, 0.45, 0.315, 0)]
    [InlineData(0.5, 0.505, 0.385, 0.28, 0.20)]
    public void A_published_cifar_classifier_is_certified_as_by_an_independent_implementation(
        double sigma,
        double atZero,
        double atQuarter,
        double atHalf,
        double atThreeQuarters
    )
    {
        double[] expected = [atZero, atQuarter, atHalf, atThreeQuarters];
        var file = TestFolders.RequireShared("models", "convex_cifar_small_l2_36px.ts.pt");
        using var node = new Smoothing();
        var cell = node.Imported(
            new DatasetSpec
            {
                Name = "cifar10",
                Path = TestFolders.RequireShared("data", "cifar10", "test_jpeg_roundrobin.bin.gz"),
                Max = 200,
            },
            new ModelSpec { Name = "convex", File = file },
            sigma,
            Plan
        );
        var votes = new RecordedVotes();
        node.Runner.Run(cell.Whole(), votes, CancellationToken.None);
        var (_, accuracy) = Certify(cell, votes, 0, 0.25, 0.5, 0.75);
        for (var i = 0; i < expected.Length; i++)
        {
            accuracy[i].ShouldBe(expected[i], 0.06);
        }
    }

    [Fact]
    public void A_small_network_trained_with_noise_on_the_digits_is_robust()
    {
        using var node = new Smoothing();
        var cell = node.Trained(
            new DatasetSpec { Name = "digits", Max = 200 },
            "small-conv",
            0.25,
            new TrainSpec { Epochs = 12 },
            Plan
        );
        var votes = new RecordedVotes();
        node.Runner.Run(cell.Whole(), votes, CancellationToken.None);

        var (abstained, accuracy) = Certify(cell, votes, 0, 0.25, 0.5);
        output.WriteLine($"{cell.Training} {abstained} {string.Join(' ', accuracy)}");
        accuracy[0].ShouldBeGreaterThan(0.88);
        accuracy[1].ShouldBeGreaterThan(0.75);
    }

    private static (int Abstained, double[] Accuracy) Certify(
        Smoothing.Cell cell,
        RecordedVotes votes,
        params ReadOnlySpan<double> radii
    )
    {
        var abstained = 0;
        var correct = new int[radii.Length];
        for (var ordinal = 0; ordinal < cell.Dataset.Count; ordinal++)
        {
            var image = cell.Dataset.IndexOf(ordinal);
            var top = votes.Of(image, DrawStream.Selection).TopClass;
            var estimation = votes.Of(image, DrawStream.Estimation);
            estimation.Total.ShouldBe(1000);
            var radius = new RandomizedSmoothing.Core.Noise.GaussianNoise(cell.Definition.Sigma).Radius(
                BinomialBounds.LowerBound(estimation[top], estimation.Total, 0.001),
                RandomizedSmoothing.Core.Noise.Norm.L2,
                cell.Dataset.Shape.Dimension
            );
            if (double.IsNaN(radius))
            {
                abstained++;
                continue;
            }

            for (var i = 0; i < radii.Length; i++)
            {
                correct[i] += top == cell.Dataset.Labels[ordinal] && radius >= radii[i] ? 1 : 0;
            }
        }

        return (abstained, [.. correct.Select(c => (double)c / cell.Dataset.Count)]);
    }
}
