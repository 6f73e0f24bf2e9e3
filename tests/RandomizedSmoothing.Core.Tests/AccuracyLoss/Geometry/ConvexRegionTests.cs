using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.Geometry;

public sealed class ConvexRegionTests
{
    private static readonly Gen<SymmetricNoise> Laws = Gen.Select(Gen.Int[0, 3], Gen.Double[0.1, 2])
        .Select((family, scale) => NoiseLaws.OfScale(NoiseLaws.Names[family], scale));

    private static readonly Gen<PlanarNoise> Planar = Gen.Select(Gen.Int[0, 4], Gen.Double[0.1, 2])
        .Select((family, scale) => PlanarNoise.Of(NoiseLaws.OfScale(NoiseLaws.Names[family], scale, 2)));

    private static readonly Gen<ConvexRegion> Regions = Gen.OneOf<ConvexRegion>(
        Gen.Select(Laws, Gen.Double[0.1, 3]).Select((law, a) => (ConvexRegion)new SlabRegion(a, law)),
        Gen.Select(Laws, Gen.Int[1, 5]).Select((law, d) => (ConvexRegion)new OrthantRegion(d, law)),
        Gen.Select(Laws, Gen.Int[1, 5], Gen.Double[0.1, 3])
            .Select((law, d, a) => (ConvexRegion)new BoxRegion(d, a, law)),
        Gen.Select(Gen.Int[1, 6], Gen.Double[0.1, 3], Gen.Bool, Gen.Double[0.1, 2])
            .Select(
                (d, radius, gaussian, scale) =>
                    (ConvexRegion)new BallRegion(d, radius, gaussian ? RadialNoise.Gaussian : RadialNoise.Ball, scale)
            ),
        Gen.Select(Gen.Double[5, 90], Planar).Select((angle, noise) => (ConvexRegion)new WedgeRegion(angle, noise)),
        Gen.Select(Gen.Select(Gen.Double[0, 6.28], Gen.Double[-0.5, 2]).Array[1, 6], Planar)
            .Select(
                (sides, noise) =>
                    (ConvexRegion)
                        new PolygonRegion(
                            sides.Select(s => new HalfPlane(Math.Cos(s.Item1), Math.Sin(s.Item1), -s.Item2)),
                            noise
                        )
            )
    );

    [Fact]
    public void Smoothing_a_convex_region_never_adds_a_point() =>
        Gen.Select(Regions, Gen.Double[-3, 3].Array[6])
            .Sample(
                (region, coordinates) =>
                {
                    var point = coordinates.AsSpan(0, region.Dimension);
                    if (!region.Contains(point))
                    {
                        region.Vote(point).ShouldBeLessThanOrEqualTo(0.5 + 1e-9);
                    }
                },
                iter: 1500
            );

    [Fact]
    public void Half_planes_stay_where_they_are() =>
        Gen.Select(Planar, Gen.Double[0, 6.28], Gen.Double[-2, 2], Gen.Double[-2, 2])
            .Sample(
                (noise, angle, x, y) =>
                {
                    var (sin, cos) = Math.SinCos(angle);
                    var region = new PolygonRegion([new HalfPlane(cos, sin, (cos * x) + (sin * y))], noise);
                    region.Vote([x, y]).ShouldBe(0.5, 1e-9);
                },
                iter: 2000
            );

    [Fact]
    public void The_corner_of_an_orthant_moves_by_the_closed_form()
    {
        foreach (var d in new[] { 1, 2, 3, 100 })
        {
            var orthant = new OrthantRegion(d, new GaussianLaw(0.5));
            orthant.CornerShift.ShouldBe(0.5 * NormalDistribution.Quantile(Math.Pow(2, -1.0 / d)), 1e-12);
            orthant.Vote(Enumerable.Repeat(orthant.CornerShift, d).ToArray()).ShouldBe(0.5, 1e-12);
        }

        new OrthantRegion(2, new GaussianLaw(1)).DiagonalShift.ShouldBe(0.77067870, 5e-9);
    }

    [Fact]
    public void The_right_angled_wedge_recedes_by_the_known_distance()
    {
        var wedge = new WedgeRegion(45, PlanarNoise.Independent(new GaussianLaw(2)));
        wedge.ApexShift.ShouldBe(2 * 0.77067870, 1e-8);
        new WedgeRegion(90, PlanarNoise.Independent(new LaplaceLaw(1))).ApexShift.ShouldBe(0);
    }

    [Fact]
    public void The_vote_in_a_wedge_agrees_with_the_bivariate_normal_law() =>
        Gen.Select(Gen.Double[5, 89], Gen.Double[0.2, 2], Gen.Double[-1, 3], Gen.Double[-2, 2])
            .Sample(
                (angle, sigma, x, y) =>
                {
                    // Both sides are normal with correlation −cos 2θ; Plackett 1954: ∂P/∂ρ is their joint density.
                    var (sin, cos) = Math.SinCos(angle * Math.PI / 180);
                    var (h, k) = (((sin * x) - (cos * y)) / sigma, ((sin * x) + (cos * y)) / sigma);
                    double JointDensity(double rho) =>
                        Math.Exp(-((h * h) - (2 * rho * h * k) + (k * k)) / (2 * (1 - (rho * rho))))
                        / (2 * Math.PI * Math.Sqrt(1 - (rho * rho)));
                    var target = -Math.Cos(2 * angle * Math.PI / 180);
                    var change = Integral.Of(JointDensity, Math.Min(0, target), Math.Max(0, target), []);
                    var expected =
                        (NormalDistribution.Cdf(h) * NormalDistribution.Cdf(k)) + (Math.Sign(target) * change);
                    new WedgeRegion(angle, PlanarNoise.Independent(new GaussianLaw(sigma)))
                        .Vote([x, y])
                        .ShouldBe(expected, 1e-10);
                },
                iter: 150
            );

    [Fact]
    public void The_axes_of_a_box_shrink_to_where_the_vote_is_one_half() =>
        Gen.Select(Laws, Gen.Int[1, 6], Gen.Double[0.3, 4])
            .Sample(
                (law, d, a) =>
                {
                    var box = new BoxRegion(d, a, law);
                    var point = new double[d];
                    if (box.SmoothedHalfWidth is { } m)
                    {
                        point[0] = m;
                        box.Vote(point).ShouldBe(0.5, 1e-9);
                        law.Scale.ShouldBeLessThanOrEqualTo(box.VanishingScale * (1 + 1e-9));
                    }
                    else
                    {
                        law.Scale.ShouldBeGreaterThan(box.VanishingScale * (1 - 1e-9));
                    }
                }
            );
}
