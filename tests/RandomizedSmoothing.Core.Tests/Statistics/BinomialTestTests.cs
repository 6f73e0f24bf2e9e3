using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class BinomialTestTests
{
    [Fact]
    public void P_values_agree_with_the_golden_ones_down_to_ten_to_the_minus_30000()
    {
        foreach (var row in Golden.Read("predict_binom_two_sided.csv"))
        {
            var (first, second) = (Golden.Long(row["n1"]), Golden.Long(row["n2"]));
            var expected = LogOf(row["p_value"]);
            var log = BinomialTest.LogTwoSided(first, second);
            log.ShouldBe(expected, 2e-14 * Math.Max(1, Math.Abs(expected)), $"{first} of {first + second}");
            BinomialTest.LogTwoSided(second, first).ShouldBe(log);
            BinomialTest.TwoSided(first, second).ShouldBe(Math.Exp(expected), 1e-12 * Math.Exp(expected) + 1e-300);
            (log > Math.Log(0.001)).ShouldBe(row["abstain_a0.001"] == "1");
            (log > Math.Log(0.0001)).ShouldBe(row["abstain_a0.0001"] == "1");
        }
    }

    private static double LogOf(string text)
    {
        var parts = text.Split('e');
        var exponent = parts.Length > 1 ? Golden.Double(parts[1]) : 0;
        return Math.Log(Golden.Double(parts[0])) + exponent * Math.Log(10);
    }
}
