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

    /// <summary>The sweep without readers and with them, one shortly after the other.</summary>
    public required IReadOnlyList<(SweepPace Without, SweepPace With)> Pairs { get; init; }

    /// <summary>Processor time of the readers.</summary>
    public required TimeSpan Readers { get; init; }

    /// <summary>Processor time of the control node, if it is the test's own.</summary>
    public required TimeSpan? Control { get; init; }

    /// <summary>Who computes on which processors, in words; null when nobody can say.</summary>
    public string? Processors { get; init; }

    /// <summary>The part of the sweep's speed that the readers took; null when no pair says.</summary>
    public PairedLoss? Loss =>
        PairedLoss.Of(Pairs.Select(pair => ((double?)pair.Without.PerSecond, (double?)pair.With.PerSecond)));

    private PairedLoss? LossPerProcessor =>
        PairedLoss.Of(Pairs.Select(pair => (pair.Without.PerProcessorSecond, pair.With.PerProcessorSecond)));

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

        if (Loss is { } loss && loss.Median >= plan.MostLoss)
        {
            yield return $"the sweep lost {Part(loss.Median)} of its speed, not under {Part(plan.MostLoss)}";
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
            .Add("processors", Processors)
            .Add("pairs", Pairs.Count)
            .Add("draws/s without readers", Typical(pair => pair.Without.PerSecond))
            .Add("draws/s with readers", Typical(pair => pair.With.PerSecond))
            .Add("change of speed, pair by pair", string.Join(", ", Pairs.Select(Change)))
            .Add("change of speed", Change(Loss))
            .Add("95 % interval", Interval(Loss))
            .Add("draws per processor second of the worker, without", Typical(pair => pair.Without.PerProcessorSecond))
            .Add("draws per processor second of the worker, with", Typical(pair => pair.With.PerProcessorSecond))
            .Add("change per processor second", Change(LossPerProcessor))
            .Add("95 % interval per processor second", Interval(LossPerProcessor));

    private object? Typical(Func<(SweepPace Without, SweepPace With), double?> speed)
    {
        var sorted = Pairs.Select(speed).OfType<double>().Order().ToArray();
        return sorted.Length == 0
            ? null
            : Math.Round((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
    }

    private static string Change((SweepPace Without, SweepPace With) pair) =>
        pair.Without.PerSecond > 0 ? Signed((pair.With.PerSecond / pair.Without.PerSecond) - 1) : "?";

    private static string? Change(PairedLoss? loss) => loss is null ? null : Signed(-loss.Median);

    private static string? Interval(PairedLoss? loss) =>
        loss?.Interval is { } ends ? $"{Signed(-ends.High)} to {Signed(-ends.Low)}" : null;

    // A negative number that rounds to nothing would get both signs.
    private static string Signed(double change) => Text($"{Math.Round(change, 3):+0.0%;-0.0%;0.0%}");

    private static string Part(double loss) => Text($"{loss:0.0%}");

    private object? PerSecond(TimeSpan? used) =>
        used is { } time ? Math.Round(time.TotalMilliseconds / Seconds, 1) : null;

    private double Quantile(double q) =>
        Latencies.Length == 0 ? double.NaN : Latencies[(int)(q * (Latencies.Length - 1))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
