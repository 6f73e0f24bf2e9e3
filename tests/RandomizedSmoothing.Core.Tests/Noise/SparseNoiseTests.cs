using System.Numerics;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Noise;

public sealed class SparseNoiseTests
{
    [Fact]
    public void Discrete_thresholds_are_the_golden_ones_to_25_digits()
    {
        foreach (
            var group in Golden
                .Read("l0_lee2019_rho_inverse_half.csv")
                .GroupBy(r => (r["K(levels-1)"], r["keep_prob_alpha"]))
        )
        {
            var keep = decimal.Parse(group.Key.Item2, System.Globalization.CultureInfo.InvariantCulture);
            var thresholds = new DiscreteThresholds(keep, (int)Golden.Long(group.Key.Item1));
            foreach (var row in group)
            {
                var r = (int)Golden.Long(row["r"]);
                var (numerator, denominator) = thresholds.Exact(r);
                var scaled = numerator * BigInteger.Pow(10, 25) / denominator;
                var expected = BigInteger.Parse(
                    row["recomputed_exact_25dp"].Replace(".", "", StringComparison.Ordinal)
                );
                BigInteger.Abs(scaled - expected).ShouldBeLessThanOrEqualTo(BigInteger.One, $"{group.Key} r={r}");
                var exactComplement = (double)(denominator - numerator) / (double)denominator;
                if (double.IsFinite(exactComplement))
                {
                    thresholds.Complement(r).ShouldBe(exactComplement, 1e-14 * exactComplement);
                }
            }
        }
    }

    [Fact]
    public void Discrete_thresholds_agree_with_brute_force_over_all_outcomes()
    {
        // Neyman-Pearson over every outcome of r coordinates with K + 1 levels, sorted one by one.
        foreach (var (keep, others, r) in new[] { (0.6m, 2, 3), (0.8m, 3, 2), (0.55m, 1, 5) })
        {
            var b = (1 - (double)keep) / others;
            var outcomes = new List<(double X, double Other)>();
            for (var code = 0; code < Math.Pow(others + 1, r); code++)
            {
                var (x, other, rest) = (1.0, 1.0, code);
                for (var i = 0; i < r; i++)
                {
                    x *= rest % (others + 1) == 0 ? (double)keep : b;
                    other *= rest % (others + 1) == 1 ? (double)keep : b;
                    rest /= others + 1;
                }

                outcomes.Add((x, other));
            }

            var (given, threshold) = (0.0, 0.0);
            foreach (var (x, other) in outcomes.OrderByDescending(o => o.X / o.Other))
            {
                var part = Math.Min(1, (0.5 - given) / other);
                if (part <= 0)
                {
                    break;
                }

                given += part * other;
                threshold += part * x;
            }

            (1 - new DiscreteThresholds(keep, others).Complement(r)).ShouldBe(threshold, 1e-12);
        }
    }

    [Fact]
    public void Ablation_agrees_with_every_golden_row()
    {
        foreach (var row in Golden.Read("l0_ablation_delta.csv"))
        {
            var (d, k, r) = (
                (int)Golden.Long(row["d"]),
                (int)Golden.Long(row["k_retained"]),
                (int)Golden.Long(row["rho"])
            );
            var delta = 1 - AblationNoise.Unnoticed(d, k, r);
            delta.ShouldBe(Golden.Double(row["delta_trunc30"]), 1e-14, $"d={d} k={k} r={r}");
            var largest = (int)Golden.Long(row["max_rho_certified_at_p=1(delta<1/2)"]);
            var noise = new AblationNoise(1 - (double)k / d);
            noise.Kept(d).ShouldBe(k);
            noise.Radius(ProbabilityBound.One, Norm.L0, d).ShouldBe(largest, $"d={d} k={k}");
        }
    }

    [Fact]
    public void Ablation_certifies_only_while_more_than_one_half_is_left()
    {
        // k = 1 of 10: r changed coordinates are noticed with r/10. p = .75 leaves .55 after 2, and exactly .5 after 2.5.
        var noise = new AblationNoise(0.9);
        noise.Radius(ProbabilityBound.FromLower(0.75), Norm.L0, 10).ShouldBe(2);
        noise.Radius(ProbabilityBound.FromLower(0.7), Norm.L0, 10).ShouldBe(1);
        noise.Radius(ProbabilityBound.FromLower(0.5), Norm.L0, 10).ShouldBe(0);
    }

    [Fact]
    public void Derandomised_votes_give_the_radius_without_alpha()
    {
        var noise = new DerandomizedSplittingNoise(0.25);
        noise.CompleteDraws.ShouldBe(220);

        // 120 to 100: ten steps make a tie, which the lower index wins.
        noise.CompleteRadius(new VoteCounts(120, 100)).ShouldBe(10 / 255.0, 1e-15);
        noise.CompleteRadius(new VoteCounts(100, 120)).ShouldBe(9 / 255.0, 1e-15);
        noise.CompleteRadius(new VoteCounts(110, 110)).ShouldBe(0);

        var certifier = new Certifier(new CertificationPlan(), noise, 784, 1);
        var certificate = certifier.Certify(3, 0, VoteCounts.None(2), new VoteCounts(120, 100))!;
        certificate.Alpha.ShouldBe(0);
        certificate.N.ShouldBe(220);
        certificate.Radius.ShouldBe(10 / 255.0, 1e-15);
        certifier.Certify(3, 0, VoteCounts.None(2), new VoteCounts(120, 99)).ShouldBeNull();
        StoppingRules
            .For(new CertificationPlan(), noise, 784, 1)
            .NextTarget(0, VoteCounts.None(2), VoteCounts.None(2))
            .ShouldBe(new DrawTarget(DrawStream.Estimation, 220));
    }

    [Fact]
    public void Levels_that_cannot_be_are_refused()
    {
        Should.Throw<UserErrorException>(() => NoiseFamilies.Create("ablation-l0", 1));
        Should.Throw<UserErrorException>(() => NoiseFamilies.Create("discrete-l0", 0.999));
        Should.Throw<UserErrorException>(() => NoiseFamilies.Create("dssn", 0.001));
    }
}
