using System.Globalization;
using System.Text.Json;
using RandomizedSmoothing.Benchmarks.Contenders;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>Anytime against fixed on MNIST, each level of noise in a process and on a core of its own: <see cref="AnytimeDuel"/>.</summary>
internal static class AnytimeRows
{
    private static readonly string[] Sigmas = ["0.25", "0.5"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(90);

    public static IEnumerable<Row> Measure(BenchOptions options)
    {
        string[] extent = options.Quick ? ["20", "1"] : ["200", "4"];
        var running = Sigmas
            .Select(
                (sigma, i) =>
                    ContenderProcess.AnswerAsync(
                        ["anytime", options.Device, sigma, .. extent],
                        options.Core is null ? null : i % Environment.ProcessorCount,
                        Patience
                    )
            )
            .ToList();
        return Sigmas.Zip(running).SelectMany(pair => Rows(pair.First, pair.Second.GetAwaiter().GetResult()));
    }

    private static IEnumerable<Row> Rows(string sigma, string? answer)
    {
        var what = $"MNIST, LeNet, σ = {sigma}, curve of 6 radii up to 3σ";
        var figures = answer is null
            ? new AnytimeFigures($"no answer within {Patience.TotalMinutes:0} minutes")
            : JsonSerializer.Deserialize<AnytimeFigures>(answer)!;
        if (figures.Missing is { } why)
        {
            return [Row.NotMeasured(what, why)];
        }

        // A few images take most of the draws: what these draws happened to need says less than what new ones would, at the
        // measured speed.
        var seconds = figures.Seconds * figures.ExpectedDraws / figures.Draws;
        var ratio = figures.FixedSeconds / seconds;
        var isEqual = figures.ExpectedDifference <= AnytimeDuel.Tolerance;
        return
        [
            new Row(
                $"{what}: seconds for {figures.Images} images, anytime (expected over new draws of them) / n = 100,000",
                Seconds(seconds),
                $"{Seconds(figures.FixedSeconds)}; anytime on the same draws: {Seconds(figures.Seconds)}",
                1 / ratio,
                string.Create(CultureInfo.InvariantCulture, $"1/{ratio:0.0}"),
                isEqual ? 0.1 : 0,
                "≤ 1/10",
                LessIsBetter: true
            ),
            new Row(
                $"{what}: certified accuracy, largest difference (in points, expected over new draws of the {figures.Images} images)",
                Points(figures.ExpectedDifference),
                $"on the same draws: {Points(figures.Difference)}",
                figures.ExpectedDifference,
                Points(figures.ExpectedDifference),
                AnytimeDuel.Tolerance,
                "≤ 0.5",
                LessIsBetter: true
            ),
            Row.Figure(
                $"{what}: draws per image, anytime against 100,100",
                string.Create(CultureInfo.InvariantCulture, $"{figures.Draws:N0}")
            ),
            Row.Ratio(
                $"{what}: draws per image, expected / the fewest with which any plan, told the probabilities, loses .5 points",
                string.Create(CultureInfo.InvariantCulture, $"{figures.ExpectedDraws:N0}"),
                string.Create(CultureInfo.InvariantCulture, $"any plan ≥ {figures.LeastDraws:N0}"),
                figures.ExpectedDraws / figures.LeastDraws
            ),
        ];
    }

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:N1} s");

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}");
}
