using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class AnytimeLowerBoundTests
{
    private const long Planned = AnytimeLowerBound.PlannedDraws;

    [Fact]
    public void Alpha_is_shared_between_the_bets_and_the_count_that_was_planned()
    {
        var gen =
            from planned in Gen.Bool
            from draws in Gen.Long[1, 200_000]
            from share in Gen.Double[0, 1]
            from learnedHeads in Gen.Int[0, 100]
            from exponent in Gen.Double[1, 9]
            select (draws: planned ? Planned : draws, share, learnedHeads, alpha: Math.Pow(10, -exponent));
        gen.Sample(t =>
        {
            var heads = (long)(t.share * t.draws);
            var lower = new AnytimeLowerBound(t.alpha, t.learnedHeads, 100).Lower(heads, t.draws).Value;
            var bets = new DirectedBetting(0.5 * t.alpha, t.learnedHeads, 100).Lower(heads, t.draws).Value;
            return t.draws == Planned
                ? lower == Math.Max(bets, BinomialBounds.Lower(heads, Planned, 0.5 * t.alpha))
                : lower == bets;
        });
    }

    [Theory]
    [InlineData(0.6914624612740131)]
    [InlineData(0.9986501019683699)]
    public void The_planned_count_shows_what_bets_do_not_and_less_than_the_fixed_plan(double p)
    {
        long Needed(Func<long, bool> shows)
        {
            var (no, yes) = ((long)(p * Planned), Planned);
            while (yes - no > 1)
            {
                var middle = (no + yes) / 2;
                (no, yes) = shows(middle) ? (no, middle) : (middle, yes);
            }

            return yes;
        }

        var bound = new AnytimeLowerBound(0.001, 90, 100);
        var bets = new DirectedBetting(0.001, 90, 100);
        var excess = Needed(heads => bound.Exceeds(heads, Planned, p)) - p * Planned;
        excess.ShouldBeLessThan(0.9 * (Needed(heads => bets.Exceeds(heads, Planned, p)) - p * Planned));
        excess.ShouldBeGreaterThan(Needed(heads => BinomialBounds.Lower(heads, Planned, 0.001) > p) - p * Planned);
        excess.ShouldBe(
            AnytimeLowerBound.TypicalExcess(0.001, Planned) * Math.Sqrt(p * (1 - p) * Planned),
            0.06 * excess
        );
    }

    [Theory]
    [InlineData(0.6914624612740131, 70)]
    [InlineData(0.9986501019683699, 100)]
    public void The_truth_is_ever_rejected_with_probability_at_most_alpha_the_planned_count_included(
        double p,
        long learnedHeads
    )
    {
        const double Alpha = 0.05;
        const int Images = 1000;
        var bound = new AnytimeLowerBound(Alpha, learnedHeads, 100);
        var voter = new SimulatedVoter(p, true);
        var early = 0;
        var late = 0;
        for (uint image = 0; image < Images; image++)
        {
            long heads = 0;
            for (long draws = 0; draws < Planned; )
            {
                var look = LookSchedule.Next(draws, Planned);
                heads += voter.Count(7, image, 0, DrawStream.Estimation, draws, look)[0];
                draws = look;
                if (bound.Exceeds(heads, draws, p))
                {
                    (early, late) = draws < Planned ? (early + 1, late) : (early, late + 1);
                    break;
                }
            }
        }

        ((double)(early + late) / Images).ShouldBeLessThan(Alpha + 3 * Math.Sqrt(Alpha * (1 - Alpha) / Images));
        early.ShouldBeGreaterThan(0);
        late.ShouldBeGreaterThan(0);
    }
}
