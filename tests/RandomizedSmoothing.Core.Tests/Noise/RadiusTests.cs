using CsCheck;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Noise;

public sealed class RadiusTests
{
    public static TheoryData<string> Families =>
        [
            "gaussian",
            "uniform",
            "laplace",
            "pareto",
            "pareto-a10",
            "exp-p",
            "exp-p-p0.5",
            "exp-infinity",
            "exp-infinity-k10-j100",
            "power-infinity",
            "exp-l2",
            "exp-l2-k2",
            "uniform-ball",
            "ssn",
            "dssn",
            "discrete-l0",
            "ablation-l0",
        ];

    [Fact]
    public void Every_golden_radius_is_met_from_below()
    {
        foreach (var row in Golden.Read("rs4a_noise_radii.csv"))
        {
            var sigma = Golden.Double(row["sigma(per-coordinate std)"]);
            var dimension = (int)Golden.Long(row["dim"]);
            var exact = decimal.Parse(row["rho"], System.Globalization.CultureInfo.InvariantCulture);
            var name = $"{row["noise"]} {row["params"]} {row["norm"]} sigma={sigma} rho={exact}";
            if (row["norm"] == "linf(approx)")
            {
                // The asymptotic value is no certificate: the family must refuse the norm.
                var laplace = new LaplaceNoise(sigma);
                var approximate =
                    laplace.Lambda(dimension) * NormalDistribution.Quantile((double)exact) / Math.Sqrt(dimension);
                approximate.ShouldBe(Golden.Double(row["radius"]), 1e-11 * approximate, name);
                Should.Throw<UserErrorException>(() => laplace.Radius(ProbabilityBound.One, Norm.LInf, dimension));
                continue;
            }

            var noise = NoiseFamilies.Create(FamilyOf(row["noise"], row["params"]), sigma);
            noise.Lambda(dimension).ShouldBe(LambdaOf(noise, row), 1e-13 * noise.Lambda(dimension), name);
            var norm = Norms.Find(row["norm"])!.Value;
            var bound = new ProbabilityBound((double)exact, (double)(1 - exact));
            var radius = noise.Radius(bound, norm, dimension);
            var expected = Golden.Double(row["radius"]);

            // The double nearest to rho is off by up to 10⁻¹⁶, which near one half is 10⁻¹² of the radius.
            var conditioning = 3e-16 / ((double)exact - 0.5);
            radius.ShouldBe(expected, (4e-12 + conditioning) * expected, name);
            radius.ShouldBeLessThanOrEqualTo(expected * (1 + conditioning), name);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Radius_grows_with_the_bound_and_is_nothing_below_one_half(string family)
    {
        var noise = NoiseFamilies.Create(family, 0.5);
        foreach (var norm in noise.SupportedNorms)
        {
            double.IsNaN(noise.Radius(ProbabilityBound.FromLower(0.4999), norm, 784)).ShouldBeTrue();
            noise.Radius(ProbabilityBound.FromLower(0.5), norm, 784).ShouldBe(0);
            Gen.Double[0.5, 1 - 1e-12]
                .Array[2]
                .Sample(
                    p =>
                        noise.Radius(ProbabilityBound.FromLower(p.Min()), norm, 784)
                        <= noise.Radius(ProbabilityBound.FromLower(p.Max()), norm, 784) * (1 + 1e-12),
                    iter: 60
                );
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_required_probability_certifies_the_radius_and_a_little_less_does_not(string family)
    {
        var noise = NoiseFamilies.Create(family, 0.5);
        foreach (var norm in noise.SupportedNorms)
        {
            foreach (var p in new[] { 0.501, 0.6, 0.9, 0.999, 0.99999 })
            {
                var radius = noise.Radius(ProbabilityBound.FromLower(p), norm, 784);
                if (radius == 0 || !double.IsFinite(radius))
                {
                    continue;
                }

                var required = noise.RequiredProbability(radius, norm, 784);
                required.ShouldBeLessThanOrEqualTo(p + 3e-13, $"{norm} {p}");
                noise
                    .Radius(ProbabilityBound.FromLower(required), norm, 784)
                    .ShouldBeGreaterThanOrEqualTo(radius * (1 - 1e-12));
                var less = required - 1e-9 * (1 - required);
                noise.Radius(ProbabilityBound.FromLower(less), norm, 784).ShouldBeLessThan(radius);
            }

            noise.RequiredProbability(0, norm, 784).ShouldBe(0.5);
        }
    }

    [Fact]
    public void Special_cases_agree_across_families()
    {
        foreach (var p in new[] { 0.51, 0.7, 0.99, 0.99993 })
        {
            var bound = ProbabilityBound.FromLower(p);
            var gaussian = new GaussianNoise(0.5).Radius(bound, Norm.L2, 3072);
            new ExpL2Noise(0.5, 2).Radius(bound, Norm.L2, 3072).ShouldBe(gaussian, 1e-12);
            new ExpPNoise(0.5, 2).Radius(bound, Norm.L1, 3072).ShouldBe(gaussian, 1e-11);
            var laplace = new LaplaceNoise(0.5).Radius(bound, Norm.L1, 3072);
            new ExpPNoise(0.5, 1).Radius(bound, Norm.L1, 3072).ShouldBe(laplace, 1e-11);

            // In one dimension every norm is the same, and so are several families.
            new ExpL2Noise(0.5)
                .Radius(bound, Norm.L2, 1)
                .ShouldBe(laplace, 1e-11);
            new ExpInfinityNoise(0.5).Radius(bound, Norm.LInf, 1).ShouldBe(laplace, 1e-11);
            var uniform = new UniformNoise(0.5).Radius(bound, Norm.L1, 1);
            new UniformNoise(0.5).Radius(bound, Norm.LInf, 1).ShouldBe(uniform, 1e-12);
            new UniformBallNoise(0.5).Radius(bound, Norm.L2, 1).ShouldBe(uniform, 1e-11);
            new SplittingNoise(0.5).Radius(bound, Norm.L1, 1).ShouldBe(uniform, 1e-12);

            // In high dimension a ball and an exponential of the norm are nearly Gaussian.
            new UniformBallNoise(0.5)
                .Radius(bound, Norm.L2, 1_000_000)
                .ShouldBeLessThan(gaussian * 1.001 + 1e-3);
            new ExpL2Noise(0.5).Radius(bound, Norm.L2, 1_000_000).ShouldBe(gaussian, 1e-3 * gaussian);
        }
    }

    [Fact]
    public void Exponential_noise_keeps_the_digits_of_a_probability_close_to_one_in_few_dimensions()
    {
        // artanh c has a closed form: on the circle c = cos πq, on the sphere c = 1 − 2q.
        foreach (var q in new[] { 0.2, 7e-5, 2.5e-6, 3e-12, 5e-15, 3e-22 })
        {
            var bound = new ProbabilityBound(1 - q, q);
            var circle = 0.5 / Math.Sqrt(3) * -Math.Log(Math.Tan(0.5 * Math.PI * q));
            var sphere = 0.5 / Math.Sqrt(4) * (Math.Log(1 - q) - Math.Log(q));
            foreach (var (dimension, exact) in new[] { (2, circle), (3, sphere) })
            {
                var radius = new ExpL2Noise(0.5).Radius(bound, Norm.L2, dimension);
                radius.ShouldBeLessThanOrEqualTo(exact, $"d = {dimension}, q = {q}");
                radius.ShouldBe(exact, 2e-12 * exact, $"d = {dimension}, q = {q}");
            }
        }
    }

    [Fact]
    public void Unknown_names_options_and_norms_are_refused_with_what_there_is()
    {
        NoiseFamilies.Find("pareto-a2").ShouldBeNull();
        NoiseFamilies.Find("pareto-b3").ShouldBeNull();
        NoiseFamilies.Find("exp-l2-k3").ShouldBeNull();
        NoiseFamilies.Find("gaussian-a1").ShouldBeNull();
        NoiseFamilies.Find("exp-infinity-k10-j100")!.Create(0.5).Family.ShouldBe("exp-infinity-k10-j100");
        Should.Throw<UserErrorException>(() => NoiseFamilies.Create("gausian", 0.5)).Message.ShouldContain("gaussian");
        Should.Throw<UserErrorException>(() => NoiseFamilies.Create("gaussian", -1)).Message.ShouldContain("-1");
        Should
            .Throw<UserErrorException>(() => new GaussianNoise(0.5).Radius(ProbabilityBound.One, Norm.L0, 10))
            .Message.ShouldContain("l2");
        foreach (var family in NoiseFamilies.All)
        {
            family.Create(0.5).Family.ShouldBe(family.Name);
            NoiseFamilies.Find(family.Name).ShouldBe(family);
        }
    }

    private static string FamilyOf(string noise, string parameters) =>
        (noise, parameters) switch
        {
            ("Uniform[-lam,lam]^d", _) => "uniform",
            ("Gaussian", _) => "gaussian",
            ("Laplace", _) => "laplace",
            ("ExpInf", "k=1,j=0") => "exp-infinity",
            ("ExpInf", "k=10,j=100") => "exp-infinity-k10-j100",
            ("PowInf", "a=d+100") => "power-infinity",
            ("Exp2", "k=1,j=0") => "exp-l2",
            ("Exp2", "k=2,j=0") => "exp-l2-k2",
            ("UniformBall", _) => "uniform-ball",
            ("Pareto(Lomax)", var a) => "pareto-a" + a[2..],
            ("Expp", var p) => "exp-p-p" + p[2..],
            _ => throw new InvalidOperationException($"{noise} {parameters} is new."),
        };

    private static double LambdaOf(NoiseDistribution noise, IReadOnlyDictionary<string, string> row) =>
        noise is GaussianNoise ? noise.Sigma : Golden.Double(row["lambda"]);
}
