namespace RandomizedSmoothing.Benchmarks;

/// <summary>What <c>bench</c> was asked for.</summary>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Quick">Fewer and shorter rounds: to see that it works, not to quote.</param>
internal sealed record BenchOptions(string Device, bool Quick)
{
    /// <summary>Rounds of a duel.</summary>
    public int Rounds => Quick ? 2 : 5;

    /// <summary>Seconds of a contender's turn.</summary>
    public double TurnSeconds => Quick ? 0.3 : 1.2;

    /// <summary>Rounds of a duel of two whose ratio is close to its target: many and short, because a shared machine changes its speed.</summary>
    public int CloseRounds =>
        Quick ? 2
        : Device == "cpu" ? 41
        : 11;

    /// <summary>Seconds of a turn of such a duel.</summary>
    public double CloseTurnSeconds => Device == "cpu" ? 0.3 : TurnSeconds;

    /// <summary>The core that single-threaded contenders share; null on other devices.</summary>
    public int? Core => Device == "cpu" ? Environment.ProcessorCount - 1 : null;
}
