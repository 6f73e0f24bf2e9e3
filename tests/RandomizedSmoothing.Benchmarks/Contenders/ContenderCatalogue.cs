using System.Globalization;
using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>The contenders by the words that start them in a process of their own.</summary>
internal static class ContenderCatalogue
{
    /// <summary>Makes one; <c>full DEVICE ARCHITECTURE PRECISION ROWS</c>, <c>plain DEVICE ARCHITECTURE BATCH</c>, …</summary>
    public static IContender Create(IReadOnlyList<string> words) =>
        words[0] switch
        {
            "full" => new FullPath(WorkloadOf(words)),
            "bare" => new BareForward(WorkloadOf(words)),
            "plain" => new PlainLoop(new Workload(words[2], Precision.Float32, null, words[1]), Int(words[3])),
            "script" => new ScriptForward(
                words[1],
                words[2] == "program" ? ClassifierRoute.Program : ClassifierRoute.Frozen,
                words[3] == "bfloat16" ? Precision.BFloat16 : Precision.Float32
            ),
            "exact" => new ExactNoise(Double(words[1])),
            "noisy" => new NoisyImage(Double(words[1])),
            "normal" => new TorchNormal(),
            _ => throw new ArgumentException($"There is no contender '{words[0]}'."),
        };

    /// <summary>Whether its work is not done by the processor, so that only wall time counts.</summary>
    public static bool NeedsWallClock(IReadOnlyList<string> words) =>
        words.Any(word => word.StartsWith("cuda", StringComparison.Ordinal));

    private static Workload WorkloadOf(IReadOnlyList<string> words) =>
        new(
            words[2],
            words[3] == "bfloat16" ? Precision.BFloat16 : Precision.Float32,
            words[4] == "auto" ? null : Int(words[4]),
            words[1]
        );

    private static int Int(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static double Double(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
