using System.Globalization;
using RandomizedSmoothing.Benchmarks.Contenders;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>A published TorchScript file frozen, beside its own program and beside what PyTorch makes of it.</summary>
internal static class ScriptRows
{
    public static IEnumerable<Row> Measure(BenchOptions options)
    {
        var what = $"TorchScript, resnet20, batch {ScriptForward.Rows}: frozen by us";
        var shared = Environment.GetEnvironmentVariable("RSMOOTH_SHARED") ?? Path.Combine("..", "shared");
        var file = Path.GetFullPath(Path.Combine(shared, "models", "akamaster_resnet20.ts.pt"));
        if (options.Device != "cpu" || !File.Exists(file))
        {
            yield return Row.NotMeasured(what, "needs the shared models (RSMOOTH_SHARED) and a processor");
            yield break;
        }

        foreach (var precision in new[] { "float32", "bfloat16" })
        {
            using var frozen = ContenderProcess.Start(["script", file, "frozen", precision], options.Core);
            using var program = ContenderProcess.Start(["script", file, "program", precision], options.Core);
            var duel = Duel.Run([frozen, program], options.CloseRounds, options.CloseTurnSeconds);
            yield return Compare($"{what} / the program itself, {precision}", duel, "program");
        }

        yield return Python($"{what} / torch.jit.freeze and optimize_for_inference in Python, float32", file, options);
    }

    private static Row Python(string what, string file, BenchOptions options)
    {
        if (PythonTorch.Find() is not { } python)
        {
            return Row.NotMeasured(what, "no python3 with torch here");
        }

        using var frozen = ContenderProcess.Start(["script", file, "frozen", "float32"], options.Core);
        using var theirs = python.StartFrozen(file, ScriptForward.Rows, options.Core);
        return Compare(what, Duel.Run([frozen, theirs], options.CloseRounds, options.CloseTurnSeconds), theirs.Name);
    }

    private static Row Compare(string what, Duel duel, string other) =>
        Row.Ratio(what, Rate(duel, 0), $"{other} {Rate(duel, 1)}", duel.Ratio(0, 1));

    private static string Rate(Duel duel, int contender) =>
        string.Create(CultureInfo.InvariantCulture, $"{duel.Rate(contender):N0}/s");
}
