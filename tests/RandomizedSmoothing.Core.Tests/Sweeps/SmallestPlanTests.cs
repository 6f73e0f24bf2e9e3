using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SmallestPlanTests
{
    public static TheoryData<CertificationMode, CertificateKind, FamilyWiseCorrection, double, int> Plans()
    {
        var plans = new TheoryData<CertificationMode, CertificateKind, FamilyWiseCorrection, double, int>();
        foreach (var mode in Enum.GetValues<CertificationMode>())
        {
            foreach (var kind in Enum.GetValues<CertificateKind>())
            {
                foreach (var correction in Enum.GetValues<FamilyWiseCorrection>())
                {
                    plans.Add(mode, kind, correction, 0.001, 100);
                    plans.Add(mode, kind, correction, 0.05, 1);
                }
            }
        }

        return plans;
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_unanimous_vote_certifies_from_the_told_number_of_draws_and_not_below(
        CertificationMode mode,
        CertificateKind kind,
        FamilyWiseCorrection correction,
        double alpha,
        int n0
    )
    {
        const int Images = 500;
        var plan = new CertificationPlan
        {
            Mode = mode,
            Certificate = kind,
            FamilyWise = correction,
            Alpha = alpha,
            N0 = n0,
        };

        var least = SmallestPlan.Draws(plan, Images);

        Certified(plan, least, Images).ShouldBeTrue();
        Certified(plan, least - 1, Images).ShouldBeFalse();
    }

    [Fact]
    public void Ten_draws_are_the_least_at_one_in_a_thousand() =>
        SmallestPlan.Draws(new CertificationPlan()).ShouldBe(10);

    private static bool Certified(CertificationPlan plan, long draws, int images)
    {
        var certifier = new Certifier(
            plan with
            {
                N = draws,
            },
            new GaussianNoise(0.5),
            64,
            images,
            sampler: SamplerKind.Device
        );
        return !certifier.Certify(0, 0, new VoteCounts(plan.N0, 0), new VoteCounts(draws, 0))!.Abstained;
    }
}
