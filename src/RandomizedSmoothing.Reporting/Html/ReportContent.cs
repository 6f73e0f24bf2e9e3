using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>
/// Gives the pixels of an image for a thumbnail: one byte per coordinate, channels first, in the shape of the data set; null
/// where it has none.
/// </summary>
public delegate byte[]? PixelSource(DatasetReference dataset, int imageIndex);

/// <summary>All that the report page shows.</summary>
/// <param name="Results">Sweep, state, environment.</param>
/// <param name="Cells">Certified cells, in grid order.</param>
/// <param name="Drawn">Those of them that are shown one by one.</param>
/// <param name="Table">Certified accuracy at the report's radii.</param>
/// <param name="DrawnTable">Its rows of the cells that are shown.</param>
/// <param name="Figure">Their curves.</param>
/// <param name="Manifest">The manifest, but for the list of files.</param>
/// <param name="Pixels">Pixels of thumbnails, or null for none.</param>
public sealed record ReportContent(
    SweepResults Results,
    IReadOnlyList<CellReport> Cells,
    IReadOnlyList<CellReport> Drawn,
    AccuracyTable Table,
    AccuracyTable DrawnTable,
    CurveFigure Figure,
    ResultsManifest Manifest,
    PixelSource? Pixels
);
