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

    /// <summary>The core that single-threaded contenders share; null on other devices.</summary>
    public int? Core => Device == "cpu" ? Environment.ProcessorCount - 1 : null;
}
