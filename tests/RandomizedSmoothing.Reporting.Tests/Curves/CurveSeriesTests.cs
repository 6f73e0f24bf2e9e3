using CsCheck;
using RandomizedSmoothing.Reporting.Curves;

namespace RandomizedSmoothing.Reporting.Tests.Curves;

public sealed class CurveSeriesTests
{
    private static readonly Gen<(double[] Radii, int Extra)> Curves = Gen.Select(
        Gen.Int[0, 40].Select(i => i / 10.0).Array[0, 30],
        Gen.Int[1, 10]
    );

    [Fact]
    public void Accuracy_counts_an_image_at_its_own_radius_and_not_beyond()
    {
        var curve = new CurveSeries("x", [0.5, 0.25, 0.5], 4);
        curve.At(0).ShouldBe(0.75);
        curve.At(0.25).ShouldBe(0.75);
        curve.At(0.2500001).ShouldBe(0.5);
        curve.At(0.5).ShouldBe(0.5);
        curve.At(0.50001).ShouldBe(0);
        curve.LargestRadius.ShouldBe(0.5);
    }

    [Fact]
    public void Accuracy_is_the_share_by_plain_counting_and_never_rises() =>
        Curves.Sample(sample =>
        {
            var images = sample.Radii.Length + sample.Extra;
            var curve = new CurveSeries("x", sample.Radii, images);
            var before = 1.0;
            for (var radius = 0.0; radius < 4.5; radius += 0.05)
            {
                curve.At(radius).ShouldBe(sample.Radii.Count(r => r >= radius) / (double)images);
                curve.At(radius).ShouldBeLessThanOrEqualTo(before);
                before = curve.At(radius);
            }
        });

    [Fact]
    public void Steps_fall_to_what_lies_just_beyond_them_inside_their_band() =>
        Curves.Sample(sample =>
        {
            var curve = new CurveSeries("x", sample.Radii, sample.Radii.Length + sample.Extra);
            var steps = curve.Steps();
            steps[0].Radius.ShouldBe(0);
            foreach (var step in steps.Skip(1))
            {
                step.Below.ShouldBe(curve.At(step.Radius + 1e-9));
                step.Lower.ShouldBeLessThanOrEqualTo(step.Below);
                step.Upper.ShouldBeGreaterThanOrEqualTo(step.Below);
            }

            steps[^1].Below.ShouldBe(sample.Radii.Length == 0 ? 0 : curve.At(curve.LargestRadius + 1e-9));
        });

    [Fact]
    public void The_path_has_right_angles_only_and_ends_at_the_last_step()
    {
        var path = StepPath.Of(new CurveSeries("x", [0.5, 0.25, 0.5], 4), 0.95, 0, 2);
        path.Radii.ShouldBe([0, 0.25, 0.25, 0.5, 0.5]);
        path.Accuracy.ShouldBe([0.75, 0.75, 0.5, 0.5, 0]);
    }

    [Fact]
    public void A_radius_without_end_is_drawn_to_the_end_of_the_axis()
    {
        var curve = new CurveSeries("x", [0.5, double.PositiveInfinity], 2);
        curve.LargestRadius.ShouldBe(0.5);
        curve.At(1e9).ShouldBe(0.5);
        var path = StepPath.Of(curve, 0.95, 0, 3);
        path.Radii[^1].ShouldBe(3);
        path.Accuracy[^1].ShouldBe(0.5);
    }

    [Fact]
    public void A_provisional_curve_says_k_of_m() =>
        new CurveSeries("σ = 0.25", [0.1], 3) { Planned = 10 }.Legend.ShouldBe("σ = 0.25 (3 of 10 images)");

    [Fact]
    public void A_curve_without_images_is_nothing()
    {
        var curve = new CurveSeries("x", [], 0) { Planned = 5 };
        curve.At(0).ShouldBe(0);
        curve.Steps().ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => new CurveSeries("x", [1.0], 0));
    }
}
