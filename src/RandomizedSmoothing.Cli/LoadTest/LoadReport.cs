using System.Globalization;
using RandomizedSmoothing.Cli.Output;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>What a load test saw.</summary>
internal sealed record LoadReport
{
    /// <summary>Milliseconds from sending a request to the end of its answer, ascending.</summary>
    public required double[] Latencies { get; init; }

    /// <summary>Seconds over which the requests were sent.</summary>
    public required double Seconds { get; init; }

    public required int Streams { get; init; }

    public required long Events { get; init; }

    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>The sweep without readers, before the first round and after each.</summary>
    public required IReadOnlyList<SweepPace> Alone { get; init; }

    /// <summary>The sweep with the readers, in each round.</summary>
    public required IReadOnlyList<SweepPace> During { get; init; }

    /// <summary>Processor time of the readers.</summary>
    public required TimeSpan Readers { get; init; }

    /// <summary>Processor time of the control node, if it is the test's own.</summary>
    public required TimeSpan? Control { get; init; }

    /// <summary>
    /// The part of the sweep's speed that the readers took: the median over the rounds, each against what lies before and after
    /// it, so that what else the machine does in the meantime does not pass for their doing. Null when the sweep stood still.
    /// </summary>
    public double? Loss => Median(Losses(pace => pace.PerSecond));

    private double Rate => Latencies.Length / Seconds;

    /// <summary>What is worse than was asked for, a sentence each.</summary>
    public IEnumerable<string> Misses(LoadPlan plan)
    {
        if (Errors.Count > 0)
        {
            yield return $"{Errors.Count} requests or streams failed, the first with: {Errors[0]}";
        }

        if (Rate < 0.99 * plan.Rate)
        {
            yield return Text($"{Rate:0.0} requests a second were answered, not {plan.Rate}");
        }

        if (Loss is { } loss && loss >= plan.MostLoss)
        {
            yield return Text($"the sweep lost {loss:0.0%} of its speed, not under {plan.MostLoss:0%}");
        }
    }

    public RowTable Table() =>
        new RowTable("quantity", "value")
            .Add("requests", Latencies.Length)
            .Add("requests per second", Math.Round(Rate, 1))
            .Add("p50 ms", Math.Round(Quantile(0.5), 2))
            .Add("p99 ms", Math.Round(Quantile(0.99), 2))
            .Add("slowest ms", Math.Round(Quantile(1), 2))
            .Add("event streams", Streams)
            .Add("events", Events)
            .Add("errors", Errors.Count)
            .Add("first error", Errors.Count > 0 ? Errors[0] : null)
            .Add("processor ms per s, control node", PerSecond(Control))
            .Add("processor ms per s, readers", PerSecond(Readers))
            .Add(
                "processor ms per s, worker",
                During.Average(pace => 1000 * pace.Processors) is { } used ? Math.Round(used, 1) : null
            )
            .Add("draws/s alone", Listed(Alone))
            .Add("draws/s with readers", Listed(During))
            .Add("change of speed", Change(Loss))
            .Add("change per processor second of the worker", Change(Median(Losses(pace => pace.PerProcessorSecond))));

    private IEnumerable<double> Losses(Func<SweepPace, double?> speed) =>
        During
            .Select((pace, round) => 1 - (2 * speed(pace) / (speed(Alone[round]) + speed(Alone[round + 1]))))
            .Where(loss => loss is { } part && double.IsFinite(part))
            .Select(loss => loss!.Value);

    private static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length == 0 ? null : (sorted[middle] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private static string Listed(IEnumerable<SweepPace> paces) =>
        string.Join(", ", paces.Select(pace => Text($"{pace.PerSecond:0}")));

    private static string? Change(double? loss) => loss is { } part ? Text($"{-part:+0.0%;-0.0%}") : null;

    private object? PerSecond(TimeSpan? used) =>
        used is { } time ? Math.Round(time.TotalMilliseconds / Seconds, 1) : null;

    private double Quantile(double q) =>
        Latencies.Length == 0 ? double.NaN : Latencies[(int)(q * (Latencies.Length - 1))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
