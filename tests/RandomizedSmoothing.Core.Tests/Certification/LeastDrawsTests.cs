using RandomizedSmoothing.Benchmarks.Contenders;
using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class LeastDrawsTests
{
    private const double Alpha = 0.001;

    private static readonly double[] Targets = [0.97, 0.98, 0.99];

    // Images without an error claim all three radii after m draws or never, and may at the threshold with probability α:
    // .99^m = α, m = 687. A plan that stops at looks only, or loses the tolerance, lies close by.
    [Fact]
    public void Certain_images_cost_what_the_highest_threshold_takes()
    {
        var bound = Of(Certain(50), tolerance: 0.01);
        bound.ShouldBeInRange(0.97 * 687 * 0.99, 1.03 * 687);
    }

    [Fact]
    public void The_bound_falls_with_the_tolerance_and_with_alpha()
    {
        SimulatedVoter[] voters =
        [
            .. Certain(20),
            .. Enumerable.Range(1, 30).Select(i => new SimulatedVoter(1 - 0.001 * i, true)),
        ];
        var bound = Of(voters, 0.02);
        bound.ShouldBeInRange(0.98 * 687, 2000);
        Of(voters, 0.05).ShouldBeLessThan(bound);
        Of(voters, 0.02, alpha: 0.01).ShouldBeLessThan(bound);
    }

    [Fact]
    public void Images_far_from_every_radius_cost_what_they_are_said_to()
    {
        var plan = Plan(Alpha);
        SimulatedVoter[] voters = [.. Certain(50), .. Enumerable.Repeat(new SimulatedVoter(0.6, false), 50)];
        var near = LeastDraws.PerImage([.. voters.Take(50)], plan, Targets, 0.02, _ => 0);
        var all = LeastDraws.PerImage(voters, plan, Targets, 0.01, _ => 40);
        all.ShouldBe((near + 40) / 2, 0.03 * near);
    }

    private static SimulatedVoter[] Certain(int count) =>
        [.. Enumerable.Repeat(new SimulatedVoter(1 - 1e-9, true), count)];

    private static double Of(SimulatedVoter[] voters, double tolerance, double alpha = Alpha) =>
        LeastDraws.PerImage(voters, Plan(alpha), Targets, tolerance, _ => 0);

    private static CertificationPlan Plan(double alpha) =>
        new()
        {
            N = 2000,
            N0 = 0,
            Alpha = alpha,
            Radii = [1, 2, 3],
        };
}
