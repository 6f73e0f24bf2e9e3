using RandomizedSmoothing.Reporting.AccuracyLoss;

namespace RandomizedSmoothing.Node.Dashboard.AccuracyLoss;

/// <summary>Where a sweep loses accuracy, as a page shows it.</summary>
/// <param name="Report">The study.</param>
/// <param name="Sections">Its figures and tables as HTML.</param>
internal sealed record LossView(LossReport Report, string Sections);
