using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.Geometry;

/// <summary>Reference values computed with 40 digits.</summary>
public sealed class SpecialFunctionsTests
{
    [Theory]
    [InlineData(0.5, 0.57236494292470008707)]
    [InlineData(3.25, 0.93580193110872535826)]
    [InlineData(100.5, 361.43554046777762156)]
    [InlineData(75264, 769852.48735132283219)]
    public void Log_gamma_is_right(double a, double value) =>
        GammaFunctions.LogGamma(a).ShouldBe(value, 1e-14 * Math.Max(1, value));

    [Theory]
    [InlineData(0.5, 0.2, 0.47291074313446192633)]
    [InlineData(1.5, 1.1, 0.46805162878951165659)]
    [InlineData(5, 12, 0.99239960931893300453)]
    [InlineData(1536, 1500, 0.17948942975889279775)]
    [InlineData(75264, 75000, 0.16797166000796690346)]
    public void Incomplete_gamma_is_right(double a, double x, double value)
    {
        GammaFunctions.LowerRegularized(a, x).ShouldBe(value, 1e-13);
        GammaFunctions.UpperRegularized(a, x).ShouldBe(1 - value, 1e-13);
    }

    [Theory]
    [InlineData(1, 0.45493642311957275194)]
    [InlineData(2, 1.3862943611198906188)]
    [InlineData(3, 2.3659738843753382661)]
    [InlineData(10, 9.3418177655919674406)]
    [InlineData(3072, 3071.3333590596115192)]
    [InlineData(150528, 150527.3333338582372)]
    public void Chi_square_median_is_right(double degrees, double value) =>
        GammaFunctions.ChiSquareMedian(degrees).ShouldBe(value, 1e-12 * value);

    [Theory]
    [InlineData(1, 0.5, 1, 0.57129701038674588563)]
    [InlineData(3, 4, 2.5, 0.15509654399410211332)]
    [InlineData(10, 20, 25, 0.33435560910483898942)]
    [InlineData(3072, 100, 3200, 0.63818148923028662318)]
    [InlineData(2, 400, 441, 0.83536746895396963881)]
    public void Noncentral_chi_square_is_right(double degrees, double noncentrality, double x, double value) =>
        NoncentralChiSquare.Cdf(degrees, noncentrality, x).ShouldBe(value, 1e-12);

    [Fact]
    public void Noncentral_chi_square_of_one_degree_is_a_normal_interval() =>
        Gen.Select(Gen.Double[0, 40], Gen.Double[0, 45])
            .Sample(
                (mean, edge) =>
                {
                    var normal = NormalDistribution.Cdf(edge - mean) - NormalDistribution.Cdf(-edge - mean);
                    NoncentralChiSquare.Cdf(1, mean * mean, edge * edge).ShouldBe(normal, 1e-12);
                },
                iter: 300
            );

    [Theory]
    [InlineData(1.5, 0.5, 0.3, 0.077274289987545603752)]
    [InlineData(5.5, 0.5, 0.9, 0.29251845539577321402)]
    [InlineData(1536.5, 0.5, 0.95, 3.7871694705483332162e-36)]
    [InlineData(1536.5, 0.5, 0.9999, 0.57936313288926137939)]
    public void Incomplete_beta_is_right(double a, double b, double x, double value)
    {
        IncompleteBeta.Regularized(a, b, x).ShouldBe(value, 1e-12 * value);
        IncompleteBeta.LogRegularized(a, b, x, 1 - x).ShouldBe(Math.Log(value), 1e-12 * Math.Max(1, -Math.Log(value)));
    }
}
