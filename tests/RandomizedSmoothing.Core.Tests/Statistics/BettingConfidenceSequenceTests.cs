using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class BettingConfidenceSequenceTests
{
    private const string Target = "target_p(=Phi(r/sigma))";

    [Fact]
    public void Log_wealth_agrees_with_the_golden_points()
    {
        foreach (var row in Golden.Read("kt_logwealth_points.csv"))
        {
            var expected = Golden.Double(row["log_wealth"]);
            var log = BettingWealth.LogWealth(Golden.Long(row["h"]), Golden.Long(row["t"]), Golden.Double(row["p"]));
            log.ShouldBe(
                expected,
                4e-14 * Math.Max(1, Math.Abs(expected)) + 2e-12 * (Golden.Long(row["t"]) > 10_000 ? 1 : 0)
            );
        }
    }

    [Fact]
    public void Least_and_largest_counts_that_decide_are_the_golden_integers()
    {
        foreach (var row in Golden.Read("kt_betting_thresholds.csv"))
        {
            var target = Golden.Double(row[Target]);
            var draws = Golden.Long(row["t"]);
            var sequence = new BettingConfidenceSequence(Golden.Double(row["alpha"]));
            var name = $"target={target} t={draws}";
            sequence
                .MinimumHeadsAbove(draws, target)
                .ShouldBe(LongOrNull(row["min_heads_to_accept(p_true>target)"]), name);
            sequence
                .MaximumHeadsBelow(draws, target)
                .ShouldBe(LongOrNull(row["max_heads_to_reject(p_true<target)"]), name);
            if (LongOrNull(row["min_heads_to_accept(p_true>target)"]) is { } least)
            {
                sequence.LogWealth(least, draws, target).ShouldBe(Golden.Double(row["logW_at_min_heads"]), 1e-9);
                sequence.LogWealth(least - 1, draws, target).ShouldBe(Golden.Double(row["logW_one_less"]), 1e-9);
            }
        }
    }

    [Fact]
    public void Wealth_is_a_martingale_under_the_probability_it_bets_against()
    {
        // One more draw leaves the expected wealth as it is, with and without votes that only teach.
        var gen =
            from draws in Gen.Int[0, 400]
            from heads in Gen.Int[0, draws]
            from learned in Gen.Int[0, 100]
            from learnedHeads in Gen.Int[0, learned]
            from p in Gen.Double[0.05, 0.95]
            select (draws, heads, learned, learnedHeads, p);
        gen.Sample(t =>
        {
            double Log(int h, int n) => BettingWealth.LogWealthAfter(t.learnedHeads, t.learned, h, n, t.p, 1 - t.p);
            var now = Log(t.heads, t.draws);
            var next =
                t.p * Math.Exp(Log(t.heads + 1, t.draws + 1) - now)
                + (1 - t.p) * Math.Exp(Log(t.heads, t.draws + 1) - now);
            return Math.Abs(next - 1) < 1e-10;
        });
        BettingWealth.LogWealthAfter(90, 100, 0, 0, 0.7, 0.3).ShouldBe(0);
    }

    [Fact]
    public void The_interval_holds_exactly_the_probabilities_that_are_not_rejected()
    {
        var gen =
            from draws in Gen.Int[1, 20_000]
            from heads in Gen.Int[0, draws]
            from learned in Gen.Int[0, 100]
            from learnedHeads in Gen.Int[0, learned]
            from exponent in Gen.Double[1, 12]
            select (draws, heads, learned, learnedHeads, alpha: Math.Pow(10, -exponent));
        gen.Sample(t =>
        {
            var sequence = new BettingConfidenceSequence(t.alpha, t.learnedHeads, t.learned);
            var lower = sequence.Lower(t.heads, t.draws);
            var upper = sequence.Upper(t.heads, t.draws);
            var frequency = (double)t.heads / t.draws;
            var ordered = lower.Value <= frequency && frequency <= upper.Value;
            var rejectsBelow =
                lower.Value <= 0 || sequence.Decide(t.heads, t.draws, lower.Value) == BettingDecision.Above;
            var keepsInside =
                sequence.Decide(t.heads, t.draws, lower.Value + 1e-9 * Math.Min(lower.Value, lower.Complement) + 1e-15)
                    != BettingDecision.Above
                || t.heads == 0;
            var sums = Math.Abs(lower.Value + lower.Complement - 1) < 1e-15;
            return ordered && rejectsBelow && keepsInside && sums;
        });
    }

    [Theory]
    [InlineData(0.6914624612740131, 0, 0)]
    [InlineData(0.9772498680518208, 0, 0)]
    [InlineData(0.8413447460685429, 84, 100)]
    [InlineData(0.8413447460685429, 60, 100)]
    public void A_target_that_is_the_truth_is_ever_rejected_with_probability_at_most_alpha(
        double p,
        long learnedHeads,
        long learnedDraws
    )
    {
        const double Alpha = 0.05;
        const int Streams = 2000;
        const int Draws = 2000;
        var sequence = new BettingConfidenceSequence(Alpha, learnedHeads, learnedDraws);
        var threshold = (uint)(p * uint.MaxValue);
        var rejected = 0;
        for (uint stream = 0; stream < Streams; stream++)
        {
            // A look after every single draw: the worst case for a test that is not anytime-valid.
            var heads = 0;
            for (uint draw = 0; draw < Draws; draw++)
            {
                heads += Philox.Block(draw, stream, 7, (uint)learnedHeads, 99).W0 < threshold ? 1 : 0;
                if (sequence.Decide(heads, draw + 1, p) != BettingDecision.Undecided)
                {
                    rejected++;
                    break;
                }
            }
        }

        ((double)rejected / Streams).ShouldBeLessThan(Alpha + 3 * Math.Sqrt(Alpha * (1 - Alpha) / Streams));
        rejected.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_union_bound_sequence_agrees_within_its_greater_width()
    {
        Enumerable.Range(1, 5000).Sum(k => UnionBoundSequence.Share(1, k)).ShouldBe(1, 1e-3);
        var sequence = new BettingConfidenceSequence(0.001);
        foreach (var frequency in new[] { 0.6, 0.9, 0.99 })
        {
            for (var look = 8; look <= 20; look++)
            {
                var draws = 1L << look;
                var heads = (long)(frequency * draws);
                var betting = sequence.Lower(heads, draws).Value;
                var union = UnionBoundSequence.Lower(heads, look, 0.001).Value;
                var single = BinomialBounds.Lower(heads, draws, 0.001);
                union.ShouldBeLessThan(single);
                betting.ShouldBeLessThan(single);
                ((frequency - betting) / (frequency - union)).ShouldBeInRange(0.7, 1.4);
            }
        }
    }

    [Fact]
    public void Mean_draws_to_a_decision_agree_with_an_independent_simulation()
    {
        foreach (
            var row in Golden
                .Read("seq_expected_samples_sim.csv")
                .Where(r => r["method"] == "kt" && Golden.Double(r["mean_samples"]) < 400)
        )
        {
            var sequence = new BettingConfidenceSequence(Golden.Double(row["alpha"]));
            var (target, truth) = (Golden.Double(row["target_p"]), Golden.Double(row["true_q"]));
            var threshold = (uint)(truth * uint.MaxValue);
            double total = 0;
            double square = 0;
            const int Trials = 300;
            for (uint trial = 0; trial < Trials; trial++)
            {
                uint draws = 0;
                var heads = 0;
                do
                {
                    heads += Philox.Block(draws, trial, 8, 0, 4).W0 < threshold ? 1 : 0;
                    draws++;
                } while (sequence.Decide(heads, draws, target) == BettingDecision.Undecided);

                total += draws;
                square += (double)draws * draws;
            }

            var mean = total / Trials;
            var deviation = Math.Sqrt(square / Trials - mean * mean);
            var error = deviation * Math.Sqrt(1.0 / Trials + 1.0 / Golden.Double(row["trials"]));
            mean.ShouldBe(Golden.Double(row["mean_samples"]), 5 * error + 0.3, $"target {target} truth {truth}");
        }
    }

    private static long? LongOrNull(string text) => text.Length == 0 ? null : Golden.Long(text);
}
