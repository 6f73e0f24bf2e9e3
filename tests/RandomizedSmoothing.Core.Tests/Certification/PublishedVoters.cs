using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

/// <summary>Voters with the probabilities of a published certification log (CIFAR-10, sigma .5; Cohen et al. 2019).</summary>
internal static class PublishedVoters
{
    private const string Log = "cohen-logs/certify/cifar10/resnet110/noise_0.50/test/sigma_0.50";

    public static IReadOnlyList<SimulatedVoter> Read()
    {
        var shared = Environment.GetEnvironmentVariable("RSMOOTH_SHARED");
        var folder = shared ?? Path.Combine(Golden.RepositoryRoot, "..", "shared");
        var path = Path.Combine(folder, Log);
        Skip.IfNot(File.Exists(path), $"The published log {path} is not here.");
        return
        [
            .. File.ReadLines(path)
                .Skip(1)
                .Select(line => line.Split('\t'))
                .Select(f =>
                    SimulatedVoter.FromCertificate(
                        Golden.Double(f[3]),
                        0.5,
                        correct: f[4] == "1",
                        abstained: f[2] == "-1"
                    )
                ),
        ];
    }
}
