using System.Text;
using System.Text.Json;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>One row of table <c>sweeps</c>, without the definition.</summary>
internal sealed class SweepRow
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string State { get; set; } = "";

    public string? Reason { get; set; }

    public int Priority { get; set; }

    public long SubmittedAt { get; set; }

    public long UpdatedAt { get; set; }

    public string? Progress { get; set; }

    // A row that is damaged, or of another version, must not hide the others.
    public SweepRecord ToRecord()
    {
        var known = Enum.TryParse<SweepState>(State, out var state) && Enum.IsDefined(state);
        if (!known)
        {
            state = SweepState.Failed;
        }

        var reason = known ? Reason : $"The ledger holds a state that this version does not know: '{State}'.";
        return new SweepRecord(
            new SweepId(Id),
            Name,
            state,
            reason,
            Priority,
            DateTimeOffset.FromUnixTimeMilliseconds(SubmittedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt),
            // A state may be recorded without progress: that of before is then still of use, but not its state.
            ReadProgress() is { } progress
                ? progress with
                {
                    State = state,
                    Reason = reason,
                }
                : null
        );
    }

    private SweepProgress? ReadProgress()
    {
        try
        {
            return Progress is null ? null : LedgerJson.ReadProgress(Encoding.UTF8.GetBytes(Progress));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>One row of table <c>artifacts</c>.</summary>
internal sealed class ArtifactRow
{
    public string FileHash { get; set; } = "";

    public double Accuracy { get; set; }

    public double Seconds { get; set; }
}

/// <summary>One row of table <c>troubles</c>.</summary>
internal sealed class TroubleRow
{
    public string Cell { get; set; } = "";

    public int First { get; set; }

    public int Count { get; set; }

    public string Kind { get; set; } = "";

    public int Attempts { get; set; }

    public string Reason { get; set; } = "";
}

/// <summary>One row of table <c>events</c>.</summary>
internal sealed class EventRow
{
    public long Number { get; set; }

    public long At { get; set; }

    public string Kind { get; set; } = "";

    public string Text { get; set; } = "";
}
