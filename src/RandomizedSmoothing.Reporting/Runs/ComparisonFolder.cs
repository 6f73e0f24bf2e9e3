using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>Comparisons as files: <c>compare.png, compare.svg, compare.md, compare.csv</c>.</summary>
public static class ComparisonFolder
{
    /// <summary>Writes the files aside, then moves them into place.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public static async Task WriteAsync(
        string directory,
        IReadOnlyList<RunComparison> comparisons,
        CancellationToken cancellation = default
    )
    {
        var first = comparisons[0].Figure;
        var figure = first with
        {
            Panels = [.. comparisons.SelectMany(c => c.Figure.Panels.Select(p => Titled(p, c, comparisons.Count)))],
        };
        using var folder = StagedFolder.Open(directory);
        var png = CurvePlots.Png(figure);
        cancellation.ThrowIfCancellationRequested();
        await folder
            .WriteAsync("compare.png", stream => stream.WriteAsync(png, cancellation).AsTask())
            .ConfigureAwait(false);
        await folder.WriteAsync("compare.svg", CurvePlots.Svg(figure)).ConfigureAwait(false);
        await folder
            .WriteAsync("compare.md", string.Join("\n", comparisons.Select(ComparisonText.Markdown)))
            .ConfigureAwait(false);
        await folder.WriteAsync("compare.csv", ComparisonText.Csv(comparisons)).ConfigureAwait(false);
        folder.Commit("compare.csv");
    }

    private static CurvePanel Titled(CurvePanel panel, RunComparison comparison, int panels)
    {
        if (panels == 1)
        {
            return panel;
        }

        return panel with
        {
            Title = comparison.Subject,
        };
    }
}
