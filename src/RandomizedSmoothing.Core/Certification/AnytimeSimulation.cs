using System.Collections.Immutable;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>One radius of a comparison of plans.</summary>
/// <param name="Radius">Radius.</param>
/// <param name="Anytime">Certified accuracy of the anytime plan.</param>
/// <param name="Fixed">Certified accuracy of the fixed plan with the same cap, on the same draws.</param>
public readonly record struct ComparedPoint(double Radius, double Anytime, double Fixed)
{
    /// <summary>Anytime less fixed.</summary>
    public double Difference => Anytime - Fixed;
}

/// <summary>What the anytime mode costs and yields beside the fixed plan.</summary>
/// <param name="MeanDraws">Draws per image of the anytime plan, both streams.</param>
/// <param name="FixedDraws">Draws per image of the fixed plan, n0 + n.</param>
/// <param name="ShareAtCap">Share of images that needed every draw.</param>
/// <param name="Points">Certified accuracy at each radius of the plan.</param>
public sealed record AnytimeComparison(
    double MeanDraws,
    double FixedDraws,
    double ShareAtCap,
    ImmutableArray<ComparedPoint> Points
);

/// <summary>
/// Runs the product's own stopping rule and certifier on simulated voters, beside the fixed plan on the same draws.
/// </summary>
public static class AnytimeSimulation
{
    /// <summary>Compares an anytime plan with the fixed plan of the same n, n0 and α.</summary>
    /// <param name="voters">The images.</param>
    /// <param name="plan">A plan in anytime mode with a grid of radii.</param>
    /// <param name="noise">Turns probabilities into radii.</param>
    /// <param name="dimension">Number of coordinates.</param>
    /// <param name="seed">Seed of the votes.</param>
    /// <param name="repetitions">How often each image is simulated, at least 1.</param>
    public static AnytimeComparison Compare(
        IReadOnlyList<SimulatedVoter> voters,
        CertificationPlan plan,
        NoiseDistribution noise,
        int dimension,
        ulong seed,
        int repetitions = 1
    )
    {
        var fixedPlan = plan with { Mode = CertificationMode.Fixed, Images = CertifiedImages.All };
        var rule = new AnytimeStoppingRule(plan, noise, dimension, voters.Count);
        var anytime = new Certifier(plan, noise, dimension, voters.Count);
        var whole = new Certifier(fixedPlan, noise, dimension, voters.Count);
        var found = new long[plan.Radii.Count];
        var wanted = new long[plan.Radii.Count];
        long draws = 0;
        long atCap = 0;
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            for (var i = 0; i < voters.Count; i++)
            {
                var run = new Run(voters[i], seed, (uint)i, (uint)repetition);
                run.Draw(rule);
                draws += run.Selection.Total + run.Estimation.Total;
                atCap += run.Estimation.Total >= plan.N ? 1 : 0;
                Add(found, plan.Radii, anytime.Certify(run.Votes));
                run.Draw(new FixedStoppingRule(fixedPlan));
                Add(wanted, plan.Radii, whole.Certify(run.Votes));
            }
        }

        var images = (double)voters.Count * repetitions;
        return new AnytimeComparison(
            draws / images,
            plan.N0 + plan.N,
            atCap / images,
            [.. plan.Radii.Select((radius, k) => new ComparedPoint(radius, found[k] / images, wanted[k] / images))]
        );
    }

    private static void Add(long[] correct, IReadOnlyList<double> radii, Certificate? certificate)
    {
        for (var k = 0; k < correct.Length; k++)
        {
            correct[k] += certificate?.CorrectAt(radii[k]) == true ? 1 : 0;
        }
    }

    private sealed class Run(SimulatedVoter voter, ulong seed, uint index, uint repetition)
    {
        private readonly int _label = voter.Correct ? 0 : 2;

        public VoteCounts Selection { get; private set; } = VoteCounts.None(3);

        public VoteCounts Estimation { get; private set; } = VoteCounts.None(3);

        public ImageVotes Votes => new((int)index, _label, Selection, Estimation, 0);

        public void Draw(IStoppingRule rule)
        {
            while (rule.NextTarget(_label, Selection, Estimation) is { } target)
            {
                if (target.Stream == DrawStream.Selection)
                {
                    Selection = Selection.Merge(More(Selection, target));
                }
                else
                {
                    Estimation = Estimation.Merge(More(Estimation, target));
                }
            }
        }

        private VoteCounts More(VoteCounts prefix, DrawTarget target) =>
            voter.Count(seed, index, repetition, target.Stream, prefix.Total, target.Draws);
    }
}
