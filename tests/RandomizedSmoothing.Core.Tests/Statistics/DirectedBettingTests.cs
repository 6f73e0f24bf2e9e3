using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class DirectedBettingTests
{
    [Fact]
    public void Wealth_is_a_martingale_under_the_probability_it_bets_against()
    {
        var gen =
            from draws in Gen.Int[0, 5000]
            from heads in Gen.Int[0, draws]
            from learned in Gen.Int[0, 100]
            from learnedHeads in Gen.Int[0, learned]
            from p in Gen.Double[0.01, 0.999]
            select (draws, heads, learned, learnedHeads, p);
        gen.Sample(t =>
        {
            var betting = new DirectedBetting(0.001, t.learnedHeads, t.learned);
            var now = betting.LogWealth(t.heads, t.draws, t.p);
            var next =
                t.p * Math.Exp(betting.LogWealth(t.heads + 1, t.draws + 1, t.p) - now)
                + (1 - t.p) * Math.Exp(betting.LogWealth(t.heads, t.draws + 1, t.p) - now);
            return Math.Abs(next - 1) < 1e-8;
        });
        new DirectedBetting(0.001, 90, 100).LogWealth(0, 0, 0.7).ShouldBe(0, 1e-13);
    }

    [Fact]
    public void Wealth_falls_with_the_probability_so_that_rejecting_a_target_rejects_all_below()
    {
        var gen =
            from draws in Gen.Int[1, 100_000]
            from heads in Gen.Int[0, draws]
            from low in Gen.Double[0, 1]
            from high in Gen.Double[low, 1]
            select (draws, heads, low, high);
        gen.Sample(t =>
        {
            var betting = new DirectedBetting(0.001, 80, 100);
            return betting.LogWealth(t.heads, t.draws, t.low)
                >= betting.LogWealth(t.heads, t.draws, t.high) - 1e-10 * t.draws;
        });
    }

    [Fact]
    public void The_lower_bound_is_rejected_and_a_little_more_is_not()
    {
        var gen =
            from draws in Gen.Int[1, 200_000]
            from heads in Gen.OneOf(Gen.Int[0, draws], Gen.Int[Math.Max(0, draws - 3), draws])
            from learned in Gen.OneOf(Gen.Int[0, 100], Gen.Int[100, 1_000_000])
            from learnedHeads in Gen.OneOf(Gen.Int[0, learned], Gen.Int[Math.Max(0, learned - 1), learned])
            from exponent in Gen.Double[1, 12]
            select (draws, heads, learned, learnedHeads, alpha: Math.Pow(10, -exponent));
        gen.Sample(t =>
        {
            var betting = new DirectedBetting(t.alpha, t.learnedHeads, t.learned);
            var lower = betting.Lower(t.heads, t.draws);
            var rejected = lower.Value <= 0 || betting.Exceeds(t.heads, t.draws, lower.Value);
            var more = lower.Value + 1e-8 * Math.Min(lower.Value, lower.Complement) + 1e-14;
            return rejected
                && !betting.Exceeds(t.heads, t.draws, Math.Min(1, more))
                && lower.Value <= (double)t.heads / t.draws
                && Math.Abs(lower.Value + lower.Complement - 1) < 1e-15;
        });
    }

    [Theory]
    [InlineData(1e-3, 1_000)]
    [InlineData(1e-3, 100_000)]
    [InlineData(1e-12, 320)]
    [InlineData(1e-12, 1_000_000)]
    public void However_sure_the_earlier_draws_were_unanimous_ones_show_what_they_can(double alpha, long learned)
    {
        const long Draws = 10_000;
        var betting = new DirectedBetting(alpha, learned, learned);
        var most = BinomialBounds.LowerBound(Draws, Draws, alpha).Complement;
        betting.Lower(Draws, Draws).Complement.ShouldBeInRange(most, 1.5 * most);
    }

    [Theory]
    [InlineData(0.5, 50, 100)]
    [InlineData(0.6914624612740131, 0, 0)]
    [InlineData(0.8413447460685429, 70, 100)]
    [InlineData(0.9772498680518208, 100, 100)]
    public void The_truth_is_ever_rejected_with_probability_at_most_alpha(
        double p,
        long learnedHeads,
        long learnedDraws
    )
    {
        const double Alpha = 0.05;
        const int Streams = 2000;
        const int Draws = 2000;
        var betting = new DirectedBetting(Alpha, learnedHeads, learnedDraws);
        var threshold = (uint)(p * uint.MaxValue);
        var rejected = 0;
        for (uint stream = 0; stream < Streams; stream++)
        {
            var heads = 0;
            for (uint draw = 0; draw < Draws; draw++)
            {
                // A look after every fourth draw: far more often than the schedule.
                heads += Philox.Block(draw, stream, 9, (uint)learnedHeads, 99).W0 < threshold ? 1 : 0;
                if (draw % 4 == 3 && heads > p * draw && betting.Exceeds(heads, draw + 1, p))
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
    public void Hard_decisions_take_fewer_draws_than_the_bettor_who_learns_and_never_fewer_than_one_look()
    {
        foreach (var p in new[] { 0.69146, 0.84134, 0.97725 })
        {
            const long Draws = 100_000;
            var learned = (long)(100 * p);
            var betting = new DirectedBetting(0.001, learned, 100);
            var learner = new BettingConfidenceSequence(0.001, learned, 100);
            var heads = (long)(p * Draws + 4 * Math.Sqrt(p * (1 - p) * Draws));
            betting.Exceeds(heads, Draws, p).ShouldBeTrue();
            learner.Decide(heads, Draws, p).ShouldBe(BettingDecision.Undecided);
            betting.Lower(heads, Draws).Value.ShouldBeLessThan(BinomialBounds.Lower(heads, Draws, 0.001));
        }
    }
}
