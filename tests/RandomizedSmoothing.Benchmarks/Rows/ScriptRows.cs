using System.Globalization;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>A published TorchScript file whose architecture is named, beside its own program.</summary>
internal static class ScriptRows
{
    public static IEnumerable<Row> Measure(BenchOptions options)
    {
        const string What = "TorchScript, resnet20, architecture named / the program itself, batch 64";
        var shared = Environment.GetEnvironmentVariable("RSMOOTH_SHARED") ?? Path.Combine("..", "shared");
        var file = Path.GetFullPath(Path.Combine(shared, "models", "akamaster_resnet20.ts.pt"));
        if (options.Device != "cpu" || !File.Exists(file))
        {
            yield return Row.NotMeasured(What, "needs the shared models (RSMOOTH_SHARED) and a processor");
            yield break;
        }

        foreach (var precision in new[] { "float32", "bfloat16" })
        {
            using var named = ContenderProcess.Start(["script", file, "resnet20", precision], options.Core);
            using var program = ContenderProcess.Start(["script", file, "", precision], options.Core);
            var duel = Duel.Run([named, program], options.Rounds, options.TurnSeconds);
            yield return Row.Ratio($"{What}, {precision}", Rate(duel, 0), $"program {Rate(duel, 1)}", duel.Ratio(0, 1));
        }
    }

    private static string Rate(Duel duel, int contender) =>
        string.Create(CultureInfo.InvariantCulture, $"{duel.Rate(contender):N0}/s");
}
