using System.Globalization;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>Draws per second of the full path beside the bare forward pass and the usual loop.</summary>
internal static class ForwardRows
{
    private const string Cpu = "cpu";

    /// <summary>On the processor: resnet20, one core. On a GPU: resnet110 and resnet50.</summary>
    public static IEnumerable<Row> Measure(BenchOptions options) =>
        options.Device == Cpu
            ? Compare(options, "resnet20", "auto", [8, 16, 32, 64, 128, 256, 1000], new(0.95, 4, 2.5, 1.8, 1.15))
            :
            [
                .. Compare(options, "resnet110", "2000", [400, 1000, 2000, 4000], null),
                .. Compare(options, "resnet50", "512", [64, 128, 256, 512], null),
            ];

    private static IEnumerable<Row> Compare(
        BenchOptions options,
        string model,
        string rows,
        int[] batches,
        Targets? targets
    )
    {
        var device = options.Device;
        var started = new List<ContenderProcess>();
        ContenderProcess Start(params string[] words)
        {
            started.Add(ContenderProcess.Start(words, options.Core));
            return started[^1];
        }

        try
        {
            var plain = batches.Select(b => Start("plain", device, model, $"{b}")).ToArray();
            var sweep = Duel.Run(plain, options.Quick ? 1 : 3, options.TurnSeconds);
            var best = Enumerable.Range(0, plain.Length).MaxBy(sweep.Rate);
            var ours = new List<ContenderProcess>();
            foreach (var precision in new[] { "float32", "bfloat16" })
            {
                ours.Add(Start("full", device, model, precision, rows));
                var pair = Duel.Run(
                    [ours[^1], Start("bare", device, model, precision, rows)],
                    options.CloseRounds,
                    options.CloseTurnSeconds
                );
                yield return Row.Ratio(
                    $"{model}: full path / bare forward loop, {precision}",
                    Rate(pair, 0),
                    $"bare {Rate(pair, 1)}",
                    pair.Ratio(0, 1),
                    targets?.Bare
                );
            }

            var duel = Duel.Run([.. ours, plain[^1], plain[best]], options.Rounds, options.TurnSeconds);
            Row Of(string what, int ours, int other, string name, double? target) =>
                Row.Ratio(
                    $"{model}: {what}",
                    Rate(duel, ours),
                    $"{name} {Rate(duel, other)}",
                    duel.Ratio(ours, other),
                    target
                );

            var usual = $"batch {batches[^1]}:";
            var swept = $"batch {batches[best]}:";
            if (targets is not null)
            {
                yield return Of("ours, bfloat16 / plain loop, float32, batch 1000", 1, 2, usual, targets.Usual16);
                yield return Of("ours, float32 / plain loop, float32, batch 1000", 0, 2, usual, targets.Usual32);
            }

            yield return Of("ours, bfloat16 / plain loop at its best batch", 1, 3, swept, targets?.Best16);
            yield return Of("ours, float32 / plain loop at its best batch", 0, 3, swept, targets?.Best32);
            yield return Python(options, model, batches, ours[0], ours[1]);
        }
        finally
        {
            started.ForEach(contender => contender.Dispose());
        }
    }

    private static string Rate(Duel duel, int contender) =>
        string.Create(CultureInfo.InvariantCulture, $"{duel.Rate(contender):N0}/s");

    private static Row Python(
        BenchOptions options,
        string model,
        int[] batches,
        ContenderProcess ours32,
        ContenderProcess ours16
    )
    {
        var what = $"{model}: ours, bfloat16 / the same loop in Python at its best batch";
        var started = new List<ContenderProcess>();
        try
        {
            if (PythonTorch.Find() is not { } python)
            {
                return Row.NotMeasured(what, "no python3 with torch here");
            }

            foreach (var batch in batches)
            {
                started.Add(python.Start(model, options.Device, batch, options.Core));
            }

            var sweep = Duel.Run(started, options.Quick ? 1 : 2, options.TurnSeconds);
            var best = Enumerable.Range(0, started.Count).MaxBy(sweep.Rate);
            var duel = Duel.Run([ours16, ours32, started[best]], options.Rounds, options.TurnSeconds);
            return Row.Ratio(
                what,
                string.Create(CultureInfo.InvariantCulture, $"{duel.Rate(0):N0}/s"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"PyTorch {python.Version}, batch {batches[best]}: {duel.Rate(2):N0}/s"
                ),
                duel.Ratio(0, 2)
            );
        }
        catch (InvalidOperationException e)
        {
            return Row.NotMeasured(what, e.Message);
        }
        finally
        {
            started.ForEach(contender => contender.Dispose());
        }
    }

    private sealed record Targets(double Bare, double Usual16, double Usual32, double Best16, double Best32);
}
