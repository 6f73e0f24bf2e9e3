using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>What the noise families of a sweep demand of its plan.</summary>
internal static class NoiseRules
{
    public static void Check(Section section, CertificationPlan plan, SamplerKind sampler, List<KnownNoise> noises)
    {
        var problems = section.Problems;
        foreach (var noise in noises)
        {
            if (noise.Derandomized && plan.Mode == CertificationMode.Anytime)
            {
                var rule = $"{noise.Name} evaluates every offset once: there is nothing to stop early";
                var mark = section.MarkOf("mode");
                problems.Error(
                    section.At("mode"),
                    mark,
                    "anytime",
                    rule,
                    $"use 'mode: fixed', or leave out {noise.Name}"
                );
            }

            if (!noise.TwoClass && plan.Certificate == CertificateKind.TwoClass)
            {
                var rule = $"{noise.Name} has no two-class certificate";
                var hint = $"use 'certificate: top-class', or leave out {noise.Name}";
                problems.Error(section.At("certificate"), section.MarkOf("certificate"), "two-class", rule, hint);
            }

            if (!noise.ExactSampler && sampler == SamplerKind.Exact && section.Has("sampler"))
            {
                var rule =
                    $"{noise.Name} has no exact sampler; its cells use the device sampler and the manifest says so";
                problems.Warning(section.At("sampler"), section.MarkOf("sampler"), "exact", rule);
            }
        }
    }
}
