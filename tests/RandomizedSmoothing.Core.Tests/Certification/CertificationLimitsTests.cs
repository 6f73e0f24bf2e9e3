using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class CertificationLimitsTests
{
    [Fact]
    public void Minimum_counts_are_the_golden_integers()
    {
        foreach (var row in Golden.Read("certify_abstain_threshold.csv"))
        {
            var count = CertificationLimits.MinimumCertifiableCount(Golden.Long(row["n"]), Golden.Double(row["alpha"]));
            var expected = row["always_abstain"] == "1" ? (long?)null : Golden.Long(row["k_min_certified(lower>=0.5)"]);
            count.ShouldBe(expected, $"n={row["n"]} alpha={row["alpha"]}");
        }
    }

    [Theory]
    [InlineData(0.001, 10)]
    [InlineData(0.5, 1)]
    [InlineData(0.25, 2)]
    [InlineData(0.01, 7)]
    [InlineData(1e-10, 34)]
    public void Fewer_draws_than_the_smallest_useful_number_only_abstain(double alpha, long draws)
    {
        CertificationLimits.SmallestUsefulDraws(alpha).ShouldBe(draws);
        if (draws > 1)
        {
            CertificationLimits.MinimumCertifiableCount(draws - 1, alpha).ShouldBeNull();
        }
    }
}
