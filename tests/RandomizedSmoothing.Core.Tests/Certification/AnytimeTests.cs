using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class AnytimeTests
{
    private static readonly CertificationPlan Plan = new()
    {
        Mode = CertificationMode.Anytime,
        N0 = 100,
        N = 100_000,
        Alpha = 0.001,
        Radii = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5],
    };

    [SkippableFact]
    public void Six_radii_on_the_published_distribution_cost_at_most_12000_draws_within_half_a_point()
    {
        var comparison = Compare(Plan);
        comparison.MeanDraws.ShouldBeLessThan(12_000);
        comparison.Points.ShouldAllBe(p => p.Difference > -0.005);
        comparison.Points[0].Fixed.ShouldBeInRange(0.5, 0.6);
    }

    [SkippableFact]
    public void The_curve_aware_stop_costs_at_most_5000_draws_within_its_tolerance()
    {
        var comparison = Compare(Plan with { Tolerance = 0.005 });
        comparison.MeanDraws.ShouldBeLessThan(5_000);
        comparison.Points.ShouldAllBe(p => p.Difference > -0.005);
    }

    [SkippableFact]
    public void One_radius_costs_at_most_1500_draws()
    {
        var comparison = Compare(Plan with { Radii = [0.5] });
        comparison.MeanDraws.ShouldBeLessThan(1_500);
        comparison.Points.ShouldAllBe(p => p.Difference > -0.005);
    }

    [Fact]
    public void Easy_images_stop_early_and_hard_ones_at_the_cap()
    {
        var plan = Plan with { Radii = [0.5], N = 20_000 };
        var noise = new GaussianNoise(0.5);
        var target = noise.RequiredProbability(0.5, Norm.L2, 3072);
        var easy = AnytimeSimulation.Compare([new(0.999, true)], plan, noise, 3072, seed: 1, repetitions: 50);
        var hopeless = AnytimeSimulation.Compare([new(0.6, true)], plan, noise, 3072, seed: 1, repetitions: 50);
        var hard = AnytimeSimulation.Compare([new(target + 0.012, true)], plan, noise, 3072, seed: 1, repetitions: 50);
        easy.MeanDraws.ShouldBeLessThan(250);
        easy.Points[0].Anytime.ShouldBe(1);
        hopeless.MeanDraws.ShouldBeLessThan(250);
        hard.MeanDraws.ShouldBeGreaterThan(3_000);
    }

    [Theory]
    [InlineData(CertificateKind.TopClass)]
    [InlineData(CertificateKind.TwoClass)]
    public void A_radius_that_the_cap_cannot_bring_is_not_waited_for(CertificateKind certificate)
    {
        var noise = new GaussianNoise(0.25);
        var plan = Plan with { Radii = [0.25], N = 20_000, Certificate = certificate };
        SimulatedVoter[] sure = [new(1, true)];
        var attainable = AnytimeSimulation.Compare(sure, plan, noise, 64, seed: 1);
        var both = AnytimeSimulation.Compare(sure, plan with { Radii = [0.25, 1.25] }, noise, 64, seed: 1);
        both.MeanDraws.ShouldBe(attainable.MeanDraws);
        both.Points[0].Anytime.ShouldBe(1);
    }

    [Fact]
    public void False_certificates_of_whole_images_stay_below_alpha()
    {
        // The truth lies a hair below each target in turn; all six are tested at every look, without sharing alpha.
        const double Alpha = 0.05;
        var plan = Plan with { Alpha = Alpha, N = 3_000 };
        var noise = new GaussianNoise(0.5);
        foreach (var radius in plan.Radii)
        {
            var truth = noise.RequiredProbability(radius, Norm.L2, 1) - 1e-9;
            const int Repetitions = 400;
            var comparison = AnytimeSimulation.Compare([new(truth, true)], plan, noise, 1, seed: 5, Repetitions);
            var falseAtOrAbove = comparison.Points.First(p => p.Radius == radius).Anytime;
            falseAtOrAbove.ShouldBeLessThan(Alpha + 3.5 * Math.Sqrt(Alpha * (1 - Alpha) / Repetitions));
        }
    }

    [Fact]
    public void An_interrupted_image_is_certified_from_what_it_has_and_a_higher_cap_goes_on_from_there()
    {
        var noise = new GaussianNoise(0.5);
        var small = Plan with { N = 1_000 };
        var selection = new VoteCounts(97, 3);
        var some = new VoteCounts(683, 17);
        new Certifier(small, noise, 1, 1).Certify(0, 0, selection, some)!.Abstained.ShouldBeFalse();
        new Certifier(small with { Mode = CertificationMode.Fixed }, noise, 1, 1)
            .Certify(0, 0, selection, some)
            .ShouldBeNull();

        var done = new VoteCounts(977, 23);
        new AnytimeStoppingRule(small, noise, 1, 1).NextTarget(0, selection, done).ShouldBeNull();
        var next = new AnytimeStoppingRule(small with { N = 50_000 }, noise, 1, 1).NextTarget(0, selection, done);
        next!.Value.Stream.ShouldBe(DrawStream.Estimation);
        next.Value.Draws.ShouldBeInRange(1_001, 1_200);
    }

    [Fact]
    public void The_rule_stops_only_at_looks_and_asks_for_the_next_look_otherwise()
    {
        var rule = new AnytimeStoppingRule(Plan with { Radii = [0.25] }, new GaussianNoise(0.5), 1, 1);
        var selection = new VoteCounts(100, 0);
        rule.NextTarget(0, VoteCounts.None(2), VoteCounts.None(2)).ShouldBe(new DrawTarget(DrawStream.Selection, 100));
        rule.NextTarget(0, selection, VoteCounts.None(2)).ShouldBe(new DrawTarget(DrawStream.Estimation, 16));

        // 150 of 150 would do, but 150 is no look: the answer must not depend on where a shard was cut.
        rule.NextTarget(0, selection, new VoteCounts(150, 0)).ShouldBe(new DrawTarget(DrawStream.Estimation, 160));
        rule.NextTarget(0, selection, new VoteCounts(160, 0)).ShouldBeNull();
    }

    [Fact]
    public void Looks_grow_geometrically_and_end_at_the_cap()
    {
        long look = 0;
        var looks = new List<long>();
        while (look < 100_000)
        {
            look = LookSchedule.Next(look, 100_000);
            looks.Add(look);
            LookSchedule.IsLook(look, 100_000).ShouldBeTrue();
            LookSchedule.IsLook(look + 1, 100_000).ShouldBeFalse();
        }

        looks[^1].ShouldBe(100_000);
        looks.Count.ShouldBeLessThan(230);
        looks.Zip(looks.Skip(1)).Skip(12).ShouldAllBe(p => p.Second <= p.First * 1.1);

        // A higher cap looks at the same draws, the number among them that the bound has planned for.
        LookSchedule.Next(looks[^2], 1_000_000).ShouldBe(AnytimeLowerBound.PlannedDraws);
        LookSchedule.Next(AnytimeLowerBound.PlannedDraws, 1_000_000).ShouldBeInRange(100_001, 104_000);
    }

    [Fact]
    public void What_the_rule_accepts_the_certifier_certifies()
    {
        var noise = new GaussianNoise(0.5);
        var certifier = new Certifier(Plan, noise, 784, 1);
        var rule = new AnytimeStoppingRule(Plan, noise, 784, 1);
        var gen = Gen.Select(Gen.Int[16, 5000], Gen.Double[0.5, 1]);
        gen.Sample(t =>
        {
            var draws = LookSchedule.Next(t.Item1, 100_000);
            var heads = (long)(t.Item2 * draws);
            var selection = new VoteCounts(80, 20);
            var votes = new VoteCounts(heads, draws - heads);
            var certificate = certifier.Certify(0, 0, selection, votes)!;
            return certificate.Lower.Value <= (double)heads / draws
                && certificate.Abstained == certificate.Lower.Value < 0.5
                && (certificate.Radius < 1.5 || rule.NextTarget(0, selection, votes) is null);
        });
    }

    [Fact]
    public void Narrow_enough_intervals_stop_the_drawing()
    {
        var plan = Plan with { Radii = [], Precision = 0.05 };
        var rule = new AnytimeStoppingRule(plan, new GaussianNoise(0.5), 1, 1);
        var selection = new VoteCounts(90, 10);
        long draws = 0;
        while (rule.NextTarget(0, selection, new VoteCounts(draws - draws / 10, draws / 10)) is { } target)
        {
            draws = target.Draws;
        }

        draws.ShouldBeInRange(500, 5_000);
    }

    [Fact]
    public void Two_classes_stop_and_certify_below_one_half()
    {
        var plan = Plan with { Certificate = CertificateKind.TwoClass, Radii = [0.1], N = 20_000 };
        var noise = new GaussianNoise(0.5);
        var rule = new AnytimeStoppingRule(plan, noise, 1, 1);
        var selection = new VoteCounts(48, 20, 20, 12);
        long draws = 0;
        VoteCounts Votes() => new(draws * 48 / 100, draws / 5, draws / 5, draws - draws * 48 / 100 - 2 * (draws / 5));
        while (rule.NextTarget(0, selection, Votes()) is { } target)
        {
            draws = target.Draws;
        }

        draws.ShouldBeLessThan(2_000);
        var certificate = new Certifier(plan, noise, 1, 1).Certify(0, 0, selection, Votes())!;
        certificate.Radius.ShouldBeGreaterThanOrEqualTo(0.1);
        certificate.Lower.Value.ShouldBeLessThan(0.5);
    }

    private static AnytimeComparison Compare(CertificationPlan plan)
    {
        var voters = PublishedVoters.Read();
        return AnytimeSimulation.Compare(voters, plan, new GaussianNoise(0.5), 3072, seed: 11, repetitions: 2);
    }
}
