using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class CertifiedAccuracyCurveTests
{
    [Fact]
    public void Abstained_and_wrong_images_count_as_not_certified()
    {
        Certificate[] certificates =
        [
            Certified(0, label: 0, prediction: 0, radius: 1.0),
            Certified(1, label: 0, prediction: 0, radius: 0.4),
            Certified(2, label: 1, prediction: 0, radius: 2.0),
            Certified(3, label: 1, prediction: -1, radius: 0),
        ];
        var curve = CertifiedAccuracyCurve.Of(certificates, [0.5, 0, 1.0, 1.5], classes: 3, expected: 10);
        curve.Points.Select(p => p.Radius).ShouldBe([0, 0.5, 1.0, 1.5]);
        curve.Points.Select(p => p.Accuracy).ShouldBe([0.5, 0.25, 0.25, 0]);
        curve.AverageRadius.ShouldBe(1.4 / 4);
        (curve.Abstained, curve.Wrong, curve.Correct).ShouldBe((1, 1, 2));
        curve.Provisional.ShouldBeTrue();
        curve.Classes[0].Accuracies.ShouldBe([1, 0.5, 0.5, 0]);
        curve.Classes[1].Accuracies.ShouldBe([0, 0, 0, 0]);
        curve.Classes[2].Accuracies.ShouldAllBe(a => double.IsNaN(a));
        curve.Points[0].Lower.ShouldBeLessThan(0.5);
        curve.Points[0].Upper.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void Images_that_are_not_estimated_are_counted_by_themselves()
    {
        var leftOut = Certified(4, label: 1, prediction: -1, radius: 0) with
        {
            Status = CertificateStatus.NotEstimated,
        };
        Certificate[] certificates =
        [
            Certified(0, label: 0, prediction: 0, radius: 1.0),
            Certified(2, label: 1, prediction: 0, radius: 2.0),
            Certified(3, label: 1, prediction: -1, radius: 0),
            leftOut,
        ];
        var curve = CertifiedAccuracyCurve.Of(certificates, [0], classes: 2);
        (curve.Correct, curve.Wrong, curve.Abstained, curve.NotEstimated).ShouldBe((1, 1, 1, 1));
        (curve.Classes[1].Abstained, curve.Classes[1].NotEstimated).ShouldBe((1, 1));
        curve.Points[0].Accuracy.ShouldBe(0.25);
        (leftOut.Abstained, leftOut.Wrong, leftOut.Prediction).ShouldBe((false, false, Certificate.Abstain));
    }

    [Fact]
    public void A_curve_falls_with_the_radius_and_lies_in_its_band()
    {
        var gen = Gen.Select(Gen.Int[0, 2], Gen.Int[-1, 2], Gen.Double[0, 2]).Array[0, 60];
        gen.Sample(images =>
        {
            var certificates = images
                .Select((t, i) => Certified(i, t.Item1, t.Item2, t.Item2 < 0 ? 0 : t.Item3))
                .ToList();
            var curve = CertifiedAccuracyCurve.Of(certificates, [0, 0.25, 0.5, 1, 3], 3);
            return curve.Images == 0
                || curve.Points.Zip(curve.Points.Skip(1)).All(p => p.First.Accuracy >= p.Second.Accuracy)
                    && curve.Points.All(p => p.Lower <= p.Accuracy && p.Accuracy <= p.Upper)
                    && curve.Points.All(p => p.HighProbability <= p.Accuracy)
                    && curve.Abstained + curve.Wrong + curve.Correct == curve.Images;
        });
    }

    [Fact]
    public void Data_set_bounds_are_the_golden_exact_quantiles()
    {
        foreach (var row in Golden.Read("high_prob_deduction.csv"))
        {
            var m = Golden.Long(row["m_examples"]);
            var (alpha, rho) = (Golden.Double(row["alpha"]), Golden.Double(row["rho"]));
            var q = DatasetBound.FalseCertificates(m, alpha, rho);
            var name = $"m={m} alpha={alpha} rho={rho}";
            q.ShouldBe(Golden.Long(row["exact_q_failures"]), name);
            Math.Exp(DatasetBound.LogExceedance(q, m, alpha))
                .ShouldBe(Golden.Double(row["P(F>q)"]), 1e-11 * Golden.Double(row["P(F>q)"]), name);
            var published = DatasetBound.PublishedDeduction(m, alpha, rho);
            published.ShouldBe(Golden.Double(row["cohen_code_deduction"]), 1e-14, name);
            ((double)q / m <= published).ShouldBe(row["cohen_code_covers"] == "1", name);
        }
    }

    [Fact]
    public void The_published_high_probability_curve_is_the_plain_one_less_the_published_deduction()
    {
        var deduction = DatasetBound.PublishedDeduction(500, 0.001, 0.001);
        foreach (var row in Golden.Read("cohen_high_prob_curve_imagenet_050.csv"))
        {
            (Golden.Double(row["approximate"]) - deduction).ShouldBe(
                Golden.Double(row["high_prob_alpha0.001_rho0.001"]),
                1e-14
            );
        }
    }

    [Theory]
    [InlineData(1, 0.001, 0.01, 0)]
    [InlineData(1, 0.2, 0.01, 1)]
    [InlineData(3, 0.5, 0.2, 2)]
    [InlineData(3, 0.5, 0.9, 0)]
    [InlineData(5, 0, 0.001, 0)]
    public void Tiny_data_sets_are_counted_exactly(long m, double alpha, double rho, long q) =>
        DatasetBound.FalseCertificates(m, alpha, rho).ShouldBe(q);

    [Fact]
    public void Older_bounds_agree_with_their_golden_values_and_keep_their_order()
    {
        foreach (var row in Golden.Read("bounds_lecuyer_li_cohen.csv"))
        {
            var (pA, pB) = (Golden.Double(row["pA"]), Golden.Double(row["pB"]));
            var lecuyer = ComparisonBounds.Lecuyer(pA, pB);
            var li = ComparisonBounds.Li(pA, pB);
            var cohen = ComparisonBounds.Cohen(pA, pB);
            lecuyer.ShouldBe(Golden.Double(row["lecuyer_over_sigma"]), 1e-12);
            li.ShouldBe(Golden.Double(row["li_over_sigma"]), 1e-7);
            cohen.ShouldBe(Golden.Double(row["cohen_over_sigma"]), 1e-12);
            lecuyer.ShouldBeLessThanOrEqualTo(li);
            li.ShouldBeLessThanOrEqualTo(cohen);
        }
    }

    private static Certificate Certified(int index, int label, int prediction, double radius) =>
        new()
        {
            ImageIndex = index,
            Label = label,
            Status = prediction < 0 ? CertificateStatus.Abstained : CertificateStatus.Certified,
            SelectedClass = Math.Max(prediction, 0),
            Radius = radius,
            Norm = Norm.L2,
            Alpha = 0.001,
            N = 1000,
            N0 = 100,
        };
}
