using System.Collections.Immutable;
using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>Progress of a sweep as an answer.</summary>
internal static class ProgressAnswer
{
    /// <summary>One line: <c>mnist  running  34.5 %  3/9 cells  1725/5000 images  1.21 M draws  83.1 k/s  4 devices  ETA 0:42</c>.</summary>
    public static AnswerLine Line(SweepProgress progress)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Sweep}  {Words.Of(progress.State)}  {Share(progress):0.0 %}  {CellsDone(progress)}/{progress.Cells.Count} cells  {progress.ImagesDone}/{progress.Images} images  {TextRendering.Count(progress.Draws)} draws"
        );
        if (!progress.IsFinal)
        {
            text += string.Create(
                CultureInfo.InvariantCulture,
                $"  {TextRendering.Count(progress.DrawsPerSecond)}/s  {Devices(progress.Devices)}  {Eta(progress)}"
            );
        }

        return new AnswerLine(
            progress.Reason is { } reason ? $"{text}  ({reason})" : text,
            [new("id", progress.Sweep.Value), .. Values(progress)]
        );
    }

    /// <summary>The numbers of a sweep.</summary>
    public static ImmutableArray<AnswerValue> Values(SweepProgress progress) =>
        [
            new("state", Words.Of(progress.State)),
            new("share", Share(progress), AnswerForm.Share),
            new("cellsDone", CellsDone(progress)),
            new("cells", progress.Cells.Count),
            new("imagesDone", progress.ImagesDone),
            new("images", progress.Images),
            new("quarantined", progress.Cells.Sum(c => c.Quarantined)),
            new("draws", progress.Draws, AnswerForm.Count),
            new("drawsPlanned", progress.DrawsPlanned, AnswerForm.Count),
            new("drawsPerSecond", progress.DrawsPerSecond, AnswerForm.Rate),
            new("devices", progress.Devices),
            new("remainingSeconds", progress.Remaining?.TotalSeconds, AnswerForm.Duration),
        ];

    /// <summary>Finished images as a share of all.</summary>
    public static double Share(SweepProgress progress) =>
        progress.Images == 0 ? 1 : (double)progress.ImagesDone / progress.Images;

    private static int CellsDone(SweepProgress progress) =>
        progress.Cells.Count(cell => cell.ImagesDone + cell.Quarantined >= cell.Images);

    private static string Devices(int count) =>
        count == 1 ? "1 device" : FormattableString.Invariant($"{count} devices");

    private static string Eta(SweepProgress progress) =>
        progress.State == SweepState.Paused ? "paused"
        : progress.Remaining is { } remaining ? $"ETA {TextRendering.Duration(remaining)}"
        : "ETA unknown yet";
}
