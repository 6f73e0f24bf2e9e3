using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>The figure of a sweep: one panel per data set, model and norm, one curve per noise and sigma.</summary>
public static class SweepFigure
{
    /// <summary>Lays the curves out.</summary>
    /// <param name="cells">The cells, in grid order; those without noise have no curve.</param>
    /// <param name="published">
    /// Logs to draw dashed in the panels of their data set and norm; in all panels where they do not say.
    /// </param>
    public static CurveFigure Of(IReadOnlyList<CellReport> cells, IReadOnlyList<CertificationLog> published)
    {
        cells = [.. cells.Where(c => c.IsSmoothed)];
        var split = Split.Of(cells);
        var several = cells.GroupBy(c => (c.Dataset.Name, c.Model)).Skip(1).Any();
        var norms = cells.Select(c => c.Norm).Distinct().Skip(1).Any();
        var keys = cells.Select(split.KeyOf).Distinct().Order().ToList();
        var panels = new List<CurvePanel>();
        foreach (var group in cells.GroupBy(split.PanelOf))
        {
            var series = group
                .OrderBy(split.KeyOf)
                .Select(c => c.Series(split.LabelOf(c), keys.IndexOf(split.KeyOf(c))))
                .ToList();
            series.AddRange(
                published
                    .Where(log => log.Specification.Dataset is not { } name || name == group.Key.Dataset)
                    .Where(log => log.Specification.Norm is not { } norm || norm == group.Key.Norm)
                    .Select(log => OfLog(log, keys))
            );
            panels.Add(new CurvePanel(split.TitleOf(group.First(), several, norms), series) { Norm = group.Key.Norm });
        }

        return new CurveFigure { Panels = panels };
    }

    private static CurveSeries OfLog(CertificationLog log, List<(string Noise, double Sigma, double Train)> keys)
    {
        var specification = log.Specification;
        var slot = keys.FindIndex(k => k.Sigma == specification.Sigma);
        var name = specification.ToString();
        var label = name.Length > 0 ? name : Path.GetFileName(log.Path);
        return new CurveSeries(label, log.Rows.Where(r => r.Correct).Select(r => r.Radius), log.Rows.Count)
        {
            IsPublished = true,
            Slot = slot >= 0 ? slot : keys.Count,
        };
    }

    /// <summary>
    /// What of a cell names its panel and what its curve: as soon as a panel would hold more curves than there are colours, the
    /// families have panels of their own, and then the training sigmas, unless each would be alone.
    /// </summary>
    private sealed record Split(bool HasFamilies, bool ByNoise, bool ByTrain)
    {
        public static Split Of(IReadOnlyList<CellReport> cells)
        {
            var families = cells.Select(c => c.Cell.Noise).Distinct().Count() > 1;
            var whole = new Split(families, false, false);
            var byNoise = new Split(families, families, false);
            var byTrain = byNoise with { ByTrain = true };
            return whole.Fits(cells) ? whole
                : byNoise.Fits(cells) || !byTrain.Compares(cells) ? byNoise
                : byTrain;
        }

        public (string Dataset, string Model, Norm Norm, string Noise, double? Train) PanelOf(CellReport cell) =>
            (
                cell.Dataset.Name,
                cell.Model,
                cell.Norm,
                ByNoise ? cell.Cell.Noise : "",
                ByTrain ? cell.Cell.TrainSigma : null
            );

        public (string Noise, double Sigma, double Train) KeyOf(CellReport cell) =>
            (ByNoise ? "" : cell.Cell.Noise, cell.Cell.Sigma, ByTrain ? 0 : cell.Cell.TrainSigma ?? cell.Cell.Sigma);

        public string LabelOf(CellReport report)
        {
            var cell = report.Cell;
            var noise = HasFamilies && !ByNoise ? $"{cell.Noise}, " : "";
            var train =
                !ByTrain && cell.TrainSigma is { } sigma && sigma != cell.Sigma
                    ? $", trained at {TableLayout.Number(sigma)}"
                    : "";
            return $"{noise}σ = {TableLayout.Number(cell.Sigma)}{train}";
        }

        public string TitleOf(CellReport report, bool several, bool norms)
        {
            var parts = new List<string>();
            if (several)
            {
                parts.AddRange([report.Dataset.Name, report.Model]);
            }

            if (ByNoise)
            {
                parts.Add(report.Cell.Noise);
            }
            else if (norms)
            {
                parts.Add(SweepTable.NormName([report.Norm]));
            }

            if (ByTrain && report.Cell.TrainSigma is { } train)
            {
                parts.Add($"trained at σ = {TableLayout.Number(train)}");
            }

            return string.Join(" · ", parts);
        }

        // Where every network is smoothed at its own training sigma alone, panels by training sigma hold one curve each.
        private bool Compares(IReadOnlyList<CellReport> cells) => cells.GroupBy(PanelOf).Any(g => g.Skip(1).Any());

        private bool Fits(IReadOnlyList<CellReport> cells) =>
            cells.GroupBy(PanelOf).All(g => g.Count() <= Palette.Count);
    }
}
