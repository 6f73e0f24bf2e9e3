using System.Text.Json;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Sweeps and choices as the API writes them.</summary>
internal static class SweepText
{
    /// <summary>A choice by its word, as <c>completed-with-gaps</c>.</summary>
    public static string Of<T>(T choice)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString());

    /// <summary>A sweep in a list; progress fills in the counts where there is one.</summary>
    public static SweepView View(SweepRecord record, SweepProgress? progress) =>
        new(
            record.Id.Value,
            record.Name,
            progress?.State ?? record.State,
            progress is null ? record.Reason : progress.Reason,
            record.Priority,
            record.SubmittedAt,
            record.UpdatedAt,
            progress?.Cells.Count ?? 0,
            progress?.ImagesDone ?? 0,
            progress?.Images ?? 0,
            progress?.Draws ?? 0,
            progress?.DrawsPlanned ?? 0
        );
}
