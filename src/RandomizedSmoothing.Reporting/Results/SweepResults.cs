using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>A sweep and its votes: all that reports are computed from.</summary>
public sealed record SweepResults
{
    /// <summary>The sweep.</summary>
    public required SweepDefinition Sweep { get; init; }

    /// <summary>The votes of its cells, in grid order.</summary>
    public required IReadOnlyList<CellVotes> Votes { get; init; }

    /// <summary>How it ended, or that it has not.</summary>
    public SweepState State { get; init; } = SweepState.Completed;

    /// <summary>Quarantined shards and other things a reader must know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the run used.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The certificates of every cell, computed from the votes by the sweep's plan.</summary>
    public IReadOnlyList<CellReport> Certify() => [.. Votes.Select(v => CellReport.Of(Sweep, v))];
}
