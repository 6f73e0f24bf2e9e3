using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Noise;

/// <summary>
/// Radii derived a second time, from the density alone (Yang et al. 2020): R(p) = ∫ dm/Φ(m) over 1 − p &lt; m &lt; ½, where Φ(m) is the
/// greatest rate at which a set of measure m can gain mass when the noise is shifted. The greatest set collects the points where
/// the log density falls fastest along the shift.
/// </summary>
public sealed class DifferentialMethodTests
{
    private const int Cells = 100_000;

    public static TheoryData<string, string> Shapes =>
        new()
        {
            { "gaussian", "l2" },
            { "uniform", "l1" },
            { "laplace", "l1" },
            { "pareto", "l1" },
            { "exp-p", "l1" },
            { "exp-p-p0.5", "l1" },
            { "exp-l2", "l2" },
            { "exp-infinity", "l1" },
            { "exp-infinity", "linf" },
            { "power-infinity", "l1" },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_closed_form_agrees_with_the_differential_method(string family, string norm)
    {
        const double Sigma = 0.5;
        const int Dimension = 8;
        var noise = NoiseFamilies.Create(family, Sigma);
        var slices = Slices(noise, norm, Dimension);
        foreach (var p in new[] { 0.55, 0.7, 0.9 })
        {
            var closed = noise.Radius(ProbabilityBound.FromLower(p), Norms.Find(norm)!.Value, Dimension);
            Integrate(slices, 1 - p).ShouldBe(closed, 2e-3 * closed, $"{family} {norm} p={p}");
        }
    }

    [Fact]
    public void Cube_and_ball_agree_with_the_volume_that_a_shift_leaves()
    {
        // Level sets of a uniform density: the shift loses what lies outside the shifted support, found by counting a fine grid.
        var cube = new UniformNoise(0.5);
        var radius = cube.Radius(ProbabilityBound.FromLower(0.8), Norm.LInf, 3);
        var lambda = cube.Lambda(3);
        (1 - Math.Pow((2 * lambda - radius) / (2 * lambda), 3)).ShouldBe(0.3, 1e-12);

        var ball = new UniformBallNoise(0.5);
        var shift = ball.Radius(ProbabilityBound.FromLower(0.8), Norm.L2, 3) / ball.Lambda(3);
        const int Steps = 200;
        long inside = 0;
        long lost = 0;
        for (var i = 0; i < 2 * Steps; i++)
        {
            var x = (i + 0.5) / Steps - 1;
            for (var j = 0; j < Steps; j++)
            {
                var distance = (j + 0.5) / Steps;
                if (x * x + distance * distance < 1)
                {
                    // A ring of points at this distance from the axis.
                    inside += 2 * j + 1;
                    lost += (x - shift) * (x - shift) + distance * distance >= 1 ? 2 * j + 1 : 0;
                }
            }
        }

        ((double)lost / inside).ShouldBe(0.3, 0.01);
    }

    // Pieces of the noise space, each with its probability and the rate at which the log density falls along the shift.
    private static List<(double Rate, double Mass)> Slices(NoiseDistribution noise, string norm, int d)
    {
        var lambda = noise.Lambda(d);
        return noise switch
        {
            GaussianNoise => OneCoordinate(x => -0.5 * x * x / (lambda * lambda), 12 * lambda),
            LaplaceNoise => OneCoordinate(x => -Math.Abs(x) / lambda, 40 * lambda),
            ParetoNoise => OneCoordinate(x => -4 * Math.Log(1 + Math.Abs(x) / lambda), 3000 * lambda),
            ExpPNoise { Family: "exp-p" } => OneCoordinate(x => -Math.Pow(Math.Abs(x / lambda), 4), 3 * lambda),
            ExpPNoise => OneCoordinate(x => -Math.Sqrt(Math.Abs(x / lambda)), 1500 * lambda),
            ExpL2Noise => Angles(lambda, d),
            ExpInfinityNoise when norm == "linf" =>
            [
                .. Enumerable.Repeat((1 / lambda, 0.5 / Cells), Cells),
                .. Enumerable.Repeat((-1 / lambda, 0.5 / Cells), Cells),
            ],
            ExpInfinityNoise => Faces(r => -r / lambda, 60 * lambda, d),
            PowerInfinityNoise => Faces(r => -(d + 100) * Math.Log(1 + r / lambda), 2 * lambda, d),
            UniformNoise => [(double.PositiveInfinity, 0), (0, 1)],
            _ => throw new InvalidOperationException(noise.Family),
        };
    }

    private static List<(double Rate, double Mass)> OneCoordinate(Func<double, double> logDensity, double reach)
    {
        // Cells grow with the cube of the index: fine near 0, where singular densities need it.
        var slices = new List<(double Rate, double Mass)>();
        for (var i = -Cells / 2; i < Cells / 2; i++)
        {
            var low = reach * Cube(2.0 * i / Cells);
            var high = reach * Cube(2.0 * (i + 1) / Cells);
            var mass = Math.Exp(logDensity(0.5 * (low + high))) * (high - low);
            slices.Add(((logDensity(low) - logDensity(high)) / (high - low), mass));
        }

        return Normalize(slices);
    }

    // On the sphere only the angle counts: the rate is u/lambda, u one coordinate of a uniform direction.
    private static List<(double Rate, double Mass)> Angles(double lambda, int d)
    {
        var slices = new List<(double Rate, double Mass)>();
        for (var i = 0; i < Cells; i++)
        {
            var u = -1 + 2 * (i + 0.5) / Cells;
            slices.Add((u / lambda, Math.Pow(1 - u * u, 0.5 * (d - 3))));
        }

        return Normalize(slices);
    }

    // Shifting one coordinate changes the largest one in 1/(2d) of the cases on either side.
    private static List<(double Rate, double Mass)> Faces(Func<double, double> logDensity, double reach, int d)
    {
        var radial = new List<(double Rate, double Mass)>();
        for (var i = 0; i < Cells; i++)
        {
            var low = reach * i / Cells;
            var high = reach * (i + 1) / Cells;
            var middle = 0.5 * (low + high);
            var rate = (logDensity(low) - logDensity(high)) / (high - low);
            radial.Add((rate, Math.Exp(logDensity(middle) - logDensity(0.1 * reach)) * Math.Pow(middle, d - 1)));
        }

        var slices = Normalize(radial)
            .SelectMany(s => new[] { (s.Rate, s.Mass / (2 * d)), (-s.Rate, s.Mass / (2 * d)) })
            .ToList();
        slices.Add((0, 1 - 1.0 / d));
        return slices;
    }

    private static double Integrate(List<(double Rate, double Mass)> slices, double from)
    {
        // Uniform noise has its rate in the boundary: mass 1/(2·lambda) per unit of shift.
        if (double.IsPositiveInfinity(slices[0].Rate))
        {
            return (0.5 - from) * 2 * Math.Sqrt(3) * 0.5;
        }

        double mass = 0;
        double rate = 0;
        double radius = 0;
        foreach (var slice in slices.OrderByDescending(s => s.Rate))
        {
            var next = mass + slice.Mass;
            var low = Math.Max(mass, from);
            var high = Math.Min(next, 0.5);
            if (high > low)
            {
                var middle = 0.5 * (low + high);
                radius += (high - low) / (rate + slice.Rate * (middle - mass));
            }

            rate += slice.Rate * slice.Mass;
            mass = next;
        }

        return radius;
    }

    private static List<(double Rate, double Mass)> Normalize(List<(double Rate, double Mass)> slices)
    {
        var total = slices.Sum(s => s.Mass);
        return [.. slices.Select(s => (s.Rate, s.Mass / total))];
    }

    private static double Cube(double x) => x * x * x;
}
