using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class CertifierTests
{
    private static readonly CertificationPlan Plan = new()
    {
        N0 = 10,
        N = 1000,
        Alpha = 0.001,
    };

    [Fact]
    public void Radii_agree_with_every_golden_row_and_never_exceed_it()
    {
        foreach (var row in Golden.Read("gaussian_radius_from_counts.csv"))
        {
            var (n, k) = (Golden.Long(row["n"]), Golden.Long(row["k"]));
            var certifier = new Certifier(
                Plan with
                {
                    Alpha = Golden.Double(row["alpha"]),
                },
                new GaussianNoise(Golden.Double(row["sigma"])),
                dimension: 784,
                images: 1
            );
            var certificate = certifier.CertifyClass(0, new VoteCounts(k, n - k));
            var name = $"n={n} k={k} alpha={row["alpha"]} sigma={row["sigma"]}";
            certificate.Abstained.ShouldBe(row["abstain"] == "1", name);
            certificate.Radius.ShouldBe(
                Golden.Double(row["radius"]),
                1e-11 * Golden.Double(row["radius"]) + 2e-13,
                name
            );
            if (!certificate.Abstained)
            {
                Golden.Compare(certificate.Radius, row["radius"]).ShouldBeLessThanOrEqualTo(0, name);
                Golden.Compare(certificate.Lower.Value, row["p_lower"]).ShouldBeLessThanOrEqualTo(0, name);
            }
        }
    }

    [Fact]
    public void Unanimous_votes_give_the_golden_largest_radius()
    {
        foreach (var row in Golden.Read("all_votes_radius.csv"))
        {
            var (n, alpha) = (Golden.Long(row["n"]), Golden.Double(row["alpha"]));
            foreach (var sigma in new[] { "0.12", "0.25", "0.50", "1.00" })
            {
                var column = sigma == "0.12" ? "radius_sigma_0.12" : "radius_" + sigma;
                var certificate = new Certifier(
                    Plan with
                    {
                        Alpha = alpha,
                    },
                    new GaussianNoise(Golden.Double(sigma)),
                    1,
                    1
                ).CertifyClass(0, new VoteCounts(n, 0));
                certificate.Abstained.ShouldBe(row["z"] == "ABSTAIN");
                certificate.Radius.ShouldBe(Golden.Double(row[column]), 1e-12 + 1e-12 * certificate.Radius);
            }
        }
    }

    [Fact]
    public void Selection_votes_choose_the_class_and_are_no_evidence()
    {
        var certifier = new Certifier(Plan, new GaussianNoise(0.5), 784, 1);

        // Class 1 has most estimation votes, but class 0 was selected: the claim is about class 0, and it fails.
        var certificate = certifier.Certify(7, 1, new VoteCounts(6, 4), new VoteCounts(100, 900))!;
        certificate.SelectedClass.ShouldBe(0);
        certificate.Abstained.ShouldBeTrue();
        certificate.Prediction.ShouldBe(-1);
        certificate.Correct.ShouldBeFalse();

        var tied = certifier.Certify(7, 1, new VoteCounts(5, 5), new VoteCounts(900, 100))!;
        tied.SelectedClass.ShouldBe(0);
        tied.Votes.ShouldBe(900);
    }

    [Fact]
    public void Incomplete_votes_certify_nothing_in_fixed_mode()
    {
        var certifier = new Certifier(Plan, new GaussianNoise(0.5), 784, 1);
        certifier.Certify(0, 0, new VoteCounts(9, 0), new VoteCounts(1000, 0)).ShouldBeNull();
        certifier.Certify(0, 0, new VoteCounts(10, 0), new VoteCounts(999, 0)).ShouldBeNull();
        certifier.Certify(0, 0, new VoteCounts(10, 0), new VoteCounts(1000, 0)).ShouldNotBeNull();
    }

    [Fact]
    public void Votes_beyond_n_get_a_bound_that_holds_for_any_number_of_draws()
    {
        // An anytime run may have left them, so their number can depend on what was seen.
        var certifier = new Certifier(Plan, new GaussianNoise(0.5), 784, 1);
        var more = certifier.Certify(0, 0, new VoteCounts(10, 0), new VoteCounts(1430, 10))!;
        more.Mode.ShouldBe(CertificationMode.Anytime);
        more.Lower.Value.ShouldBeLessThan(BinomialBounds.Lower(1430, 1440, 0.001));
        more.Lower.Value.ShouldBe(new AnytimeLowerBound(0.001, 10, 10).Lower(1430, 1440).Value, 1e-15);
        certifier.Certify(0, 0, new VoteCounts(10, 0), new VoteCounts(993, 7))!.Mode.ShouldBe(CertificationMode.Fixed);
    }

    [Fact]
    public void Images_that_are_selected_wrong_need_no_estimation_when_only_correct_ones_are_certified()
    {
        var certifier = new Certifier(Plan with { Images = CertifiedImages.Correct }, new GaussianNoise(0.5), 784, 1);
        var certificate = certifier.Certify(3, 1, new VoteCounts(10, 0), new VoteCounts(0, 0))!;
        certificate.Status.ShouldBe(CertificateStatus.NotEstimated);
        certificate.CorrectAt(0).ShouldBeFalse();
    }

    [Fact]
    public void Bonferroni_divides_alpha_among_the_images()
    {
        var alone = new Certifier(Plan with { Alpha = 0.001 / 500 }, new GaussianNoise(1), 784, 500);
        var corrected = new Certifier(
            Plan with
            {
                FamilyWise = FamilyWiseCorrection.Bonferroni,
            },
            new GaussianNoise(1),
            784,
            500
        );
        var votes = new VoteCounts(980, 20);
        corrected.CertifyClass(0, votes).Radius.ShouldBe(alone.CertifyClass(0, votes).Radius);
        corrected.CertifyClass(0, votes).Alpha.ShouldBe(0.001 / 500);
    }

    [Fact]
    public void Two_classes_certify_where_one_class_cannot_and_lose_little_elsewhere()
    {
        var top = new Certifier(Plan, new GaussianNoise(1), 784, 1);
        var two = new Certifier(Plan with { Certificate = CertificateKind.TwoClass }, new GaussianNoise(1), 784, 1);

        var split = new VoteCounts(450, 150, 150, 150, 100);
        top.CertifyClass(0, split).Abstained.ShouldBeTrue();
        two.CertifyClass(0, split).Abstained.ShouldBeFalse();
        two.CertifyClass(0, split).Radius.ShouldBeGreaterThan(0.2);

        var clear = new VoteCounts(990, 10, 0, 0, 0);
        two.CertifyClass(0, clear).Radius.ShouldBeGreaterThan(0.95 * top.CertifyClass(0, clear).Radius);
    }

    [Fact]
    public void Two_class_bounds_are_the_union_bound_over_all_other_classes()
    {
        var two = new Certifier(Plan with { Certificate = CertificateKind.TwoClass }, new GaussianNoise(1), 784, 1);
        var certificate = two.CertifyClass(0, new VoteCounts(600, 300, 60, 40));
        var upper = BinomialBounds.Upper(300, 1000, 0.001 / 6);
        certificate.OtherUpper!.Value.Value.ShouldBe(upper, 1e-12);
        certificate.Lower.Value.ShouldBe(BinomialBounds.Lower(600, 1000, 0.0005), 1e-12);
        var expected =
            0.5 * (NormalDistribution.Quantile(certificate.Lower.Value) - NormalDistribution.Quantile(upper));
        certificate.Radius.ShouldBe(expected, 1e-11);
    }

    [Fact]
    public void A_certificate_never_claims_more_with_fewer_votes_or_a_smaller_alpha()
    {
        var gen =
            from n in Gen.Int[10, 3000]
            from k in Gen.Int[0, n - 1]
            from alpha in Gen.Double[1e-9, 0.4]
            select (n, k, alpha);
        gen.Sample(t =>
        {
            var certifier = new Certifier(Plan with { Alpha = t.alpha }, new GaussianNoise(0.5), 784, 1);
            var stricter = new Certifier(Plan with { Alpha = t.alpha / 3 }, new GaussianNoise(0.5), 784, 1);
            var here = certifier.CertifyClass(0, new VoteCounts(t.k, t.n - t.k));
            var more = certifier.CertifyClass(0, new VoteCounts(t.k + 1, t.n - t.k - 1));
            return here.Radius <= more.Radius
                && stricter.CertifyClass(0, new VoteCounts(t.k, t.n - t.k)).Radius <= here.Radius
                && here.Abstained == here.Lower.Value < 0.5;
        });
    }

    [Fact]
    public void The_explanation_ends_in_the_radius_of_the_certificate()
    {
        foreach (var kind in new[] { CertificateKind.TopClass, CertificateKind.TwoClass })
        {
            var plan = Plan with { Certificate = kind };
            var noise = new GaussianNoise(0.5);
            var certificate = new Certifier(plan, noise, 784, 1).CertifyClass(0, new VoteCounts(9000, 500, 500));
            var steps = CertificateExplanation.Of(certificate, noise, 784, plan);
            steps.Single(s => s.Name == "lower bound").Value.ShouldBe(certificate.Lower.Value);
            steps.Single(s => s.Name == "radius").Value.ShouldBe(certificate.Radius);
            steps.Single(s => s.Name == "votes").Value.ShouldBe(9000);
        }

        var abstaining = new Certifier(Plan, new GaussianNoise(0.5), 784, 1).CertifyClass(0, new VoteCounts(500, 500));
        CertificateExplanation.Of(abstaining, new GaussianNoise(0.5), 784, Plan)[^1].Text.ShouldBe("abstain");
    }
}
