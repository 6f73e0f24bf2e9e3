using System.Globalization;
using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class NormalDistributionTests
{
    [Fact]
    public void Quantile_agrees_with_every_golden_value_to_one_ulp()
    {
        foreach (var row in Golden.Read("norm_ppf.csv"))
        {
            // The double nearest to a decimal p near 1 is quite another number; the one nearest to 1 - p is not.
            var p = decimal.Parse(row["p"], NumberStyles.Float, CultureInfo.InvariantCulture);
            var z =
                p == 0 || p <= 0.5m
                    ? NormalDistribution.Quantile(Golden.Double(row["p"]))
                    : NormalDistribution.QuantileFromComplement((double)(1 - p));
            var expected = Golden.Double(row["z"]);

            // Near the middle the rounding of p itself moves z by up to half an ulp of ½ over the density.
            var conditioning = Math.Abs(expected) < 1 ? 1.4e-16 : 0;
            Math.Abs(z - expected)
                .ShouldBeLessThanOrEqualTo(
                    Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected) + conditioning,
                    row["p"]
                );
        }
    }

    [Fact]
    public void Directed_quantiles_enclose_the_golden_value()
    {
        // Decimals that are exact in binary, or nearly so in the relative sense: powers of ten below 1 are within half an ulp.
        foreach (var row in Golden.Read("norm_ppf.csv").Where(r => Golden.Double(r["p"]) is < 0.5 or 0.75 or 0.5))
        {
            var p = Golden.Double(row["p"]);
            var above = Math.BitIncrement(p);
            var below = Math.BitDecrement(p);
            Golden.Compare(NormalDistribution.QuantileDown(below), row["z"]).ShouldBeLessThanOrEqualTo(0, row["p"]);
            Golden.Compare(NormalDistribution.QuantileUp(above), row["z"]).ShouldBeGreaterThanOrEqualTo(0, row["p"]);
            UlpDistance(NormalDistribution.QuantileDown(p), NormalDistribution.QuantileUp(p))
                .ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Theory]
    [InlineData(0.0, "0.5")]
    [InlineData(1.0, "0.158655253931457051414767454367962077522")]
    [InlineData(3.5, "0.000232629079035525036349925886727984773548749336")]
    [InlineData(4.0, "0.0000316712418331199212537707567221512984438333754")]
    [InlineData(8.0, "6.22096057427178412351599517258818842248871725e-16")]
    [InlineData(20.0, "2.75362411860623369507562278085746533280749772e-89")]
    [InlineData(36.0, "4.182624065797283331742332331810232834277e-284")]
    [InlineData(-1.0, "0.841344746068542948585232545632037922478")]
    public void Upper_tail_is_the_nearest_double(double x, string exact)
    {
        NormalDistribution.UpperTail(x).ShouldBe(Golden.Double(exact));
        Golden.Compare(NormalDistribution.UpperTailDown(x), exact).ShouldBeLessThanOrEqualTo(0);
        Golden.Compare(NormalDistribution.UpperTailUp(x), exact).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Quantile_inverts_the_tail()
    {
        Gen.Double[-36, 36]
            .Sample(z =>
            {
                var q = NormalDistribution.UpperTail(Math.Abs(z));
                var back = NormalDistribution.QuantileFromComplement(q);
                return Math.Abs(back - Math.Abs(z)) <= 1e-15 * (1 + Math.Abs(z)) + 3e-16 / Math.Max(1, Math.Abs(z));
            });
    }

    [Fact]
    public void Directed_forms_never_cross()
    {
        Gen.Double[1e-12, 1 - 1e-12]
            .Sample(p =>
                NormalDistribution.QuantileDown(p) <= NormalDistribution.Quantile(p)
                && NormalDistribution.Quantile(p) <= NormalDistribution.QuantileUp(p)
                && NormalDistribution.CdfUp(NormalDistribution.QuantileUp(p)) >= p
                && NormalDistribution.CdfDown(NormalDistribution.QuantileDown(p)) <= p
            );
    }

    [Fact]
    public void Ends_of_the_unit_interval_are_infinite_and_outside_is_refused()
    {
        NormalDistribution.Quantile(0).ShouldBe(double.NegativeInfinity);
        NormalDistribution.Quantile(1).ShouldBe(double.PositiveInfinity);
        NormalDistribution.QuantileFromComplement(0).ShouldBe(double.PositiveInfinity);
        NormalDistribution.Quantile(0.5).ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => NormalDistribution.QuantileDown(1.5));
        double.IsNaN(NormalDistribution.UpperTail(double.NaN)).ShouldBeTrue();
    }

    private static long UlpDistance(double a, double b) =>
        Math.Abs(BitConverter.DoubleToInt64Bits(a) - BitConverter.DoubleToInt64Bits(b));
}
