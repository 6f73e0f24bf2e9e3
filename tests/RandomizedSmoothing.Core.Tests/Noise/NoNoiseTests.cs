using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Noise;

public sealed class NoNoiseTests
{
    [Fact]
    public void Every_family_at_level_0_is_the_image_itself_in_one_draw()
    {
        byte[] image = [0, 1, 128, 255];
        foreach (var name in (string[])[.. NoiseFamilies.All.Select(family => family.Name), "discrete-l0-v2"])
        {
            var noise = NoiseFamilies.Create(name, 0);
            var noisy = new float[8];
            noise.CreateSampler(new ImageShape(1, 2, 2)).Sample(new NoiseKey(1, 2, 3, 1), 0, image, noisy);

            noisy.ShouldBe([0, 1 / 255f, 128 / 255f, 1, 0, 1 / 255f, 128 / 255f, 1], name);
            (noise.CompleteDraws, noise.Sigma, noise.Family).ShouldBe((1L, 0.0, name));
            noise.DefaultNorm.ShouldBe(NoiseFamilies.Create(name, 0.25).DefaultNorm);
        }
    }

    [Theory]
    [InlineData(CertificationMode.Fixed)]
    [InlineData(CertificationMode.Anytime)]
    public void The_one_draw_decides_whatever_the_plan_without_failure_probability_and_radius(CertificationMode mode)
    {
        var plan = new CertificationPlan { Mode = mode, Radii = [0.25] };
        var noise = NoiseFamilies.Create("gaussian", 0);
        var none = VoteCounts.None(3);

        StoppingRules
            .For(plan, noise, 64, 10)
            .NextTarget(0, none, none)
            .ShouldBe(new DrawTarget(DrawStream.Estimation, 1));
        StoppingRules.For(plan, noise, 64, 10).NextTarget(0, none, new VoteCounts(0, 0, 1)).ShouldBeNull();
        var certificate = new Certifier(plan, noise, 64, 10).Certify(7, 2, none, new VoteCounts(0, 0, 1))!;

        (certificate.Prediction, certificate.Radius, certificate.Alpha, certificate.N).ShouldBe((2, 0.0, 0.0, 1L));
        certificate.CorrectAt(0).ShouldBeTrue();
        certificate.CorrectAt(1e-300).ShouldBeFalse();
    }
}
