using System.Globalization;

namespace RandomizedSmoothing.Reporting.Certificates;

/// <summary>
/// The cells that figures and the page show one by one: of a wide grid some from all over it, because a page of more opens slowly
/// and nobody tells so many curves apart.
/// </summary>
public static class DrawnCells
{
    /// <summary>The most that are shown.</summary>
    public const int Most = 300;

    /// <summary>The cells to show, in grid order.</summary>
    public static IReadOnlyList<CellReport> Of(IReadOnlyList<CellReport> cells) =>
        cells.Count <= Most
            ? cells
            : [.. Enumerable.Range(0, Most).Select(i => cells[(int)((long)i * cells.Count / Most)])];

    /// <summary>What a reader has to know where not all are shown; else null.</summary>
    /// <param name="cells">The number of cells.</param>
    public static string? Caveat(int cells) =>
        cells <= Most
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Figures and this page show {Most} of {cells:N0} cells, from all over the grid. All of them are in table.md, table.tex, curves.csv, certificates and votes."
            );
}
