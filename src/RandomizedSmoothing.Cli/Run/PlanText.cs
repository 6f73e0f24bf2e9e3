using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>A plan as <c>rsmooth plan</c> prints it.</summary>
internal static class PlanText
{
    public static RowTable Cells(LedgerHistory history)
    {
        var table = new RowTable("cell", "images", "reused", "draws", "why");
        foreach (var cell in history.Reuse.Cells)
        {
            table.Add(cell.Cell.Value, cell.Images, cell.ImagesDone, cell.DrawsMissing, cell.Describe());
        }

        return table;
    }

    public static string Summary(
        LedgerHistory history,
        SweepEstimate estimate,
        IReadOnlyList<DeviceDescription> devices
    )
    {
        var measured =
            BatchTuning.Pending(history.Definition).Count == 0 ? "" : " Batch sizes are measured when it begins.";
        var duration = estimate.Duration is { } time
            ? $"about {ProgressText.Duration(time)} on {Devices(devices)}"
            : "not measured";
        var training =
            estimate.Trainings == 0
                ? ""
                : $", and {estimate.Trainings} {(estimate.Trainings == 1 ? "model" : "models")} to train";
        return $"{estimate.Cells} cells, {estimate.Images} images ({estimate.ImagesLeft} left), at most {ProgressText.Count(estimate.DrawsLeft)} draws "
            + $"({ProgressText.Count(estimate.DrawsReused)} reused){training}. Sampling takes {duration}.{measured}";
    }

    public static JsonObject Json(
        LedgerHistory history,
        SweepEstimate estimate,
        IReadOnlyList<DeviceDescription> devices
    ) =>
        new()
        {
            ["sweep"] = history.Definition.Id.Value,
            ["cells"] = estimate.Cells,
            ["trainings"] = estimate.Trainings,
            ["images"] = estimate.Images,
            ["imagesLeft"] = estimate.ImagesLeft,
            ["draws"] = estimate.Draws,
            ["drawsReused"] = estimate.DrawsReused,
            ["drawsLeft"] = estimate.DrawsLeft,
            ["seconds"] = estimate.Duration?.TotalSeconds,
            ["devices"] = new JsonArray([.. devices.Select(d => (JsonNode)d.Name)]),
            ["grid"] = Cells(history).ToJson(),
        };

    private static string Devices(IReadOnlyList<DeviceDescription> devices) =>
        devices.Count == 1 ? devices[0].Name : $"{devices.Count} devices";
}
