using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>The names of a sweep's cells within the page: as short as the sweep allows.</summary>
internal sealed class CellNames(IReadOnlyList<CellReport> all)
{
    private readonly bool _datasets = Differ(all, cell => cell.Dataset.Name);
    private readonly bool _models = Differ(all, cell => cell.Model);
    private readonly bool _noises = Differ(all, cell => cell.Cell.Noise);

    public string Of(CellReport cell)
    {
        var parts = new List<string>();
        if (_datasets)
        {
            parts.Add(cell.Dataset.Name);
        }

        if (_models)
        {
            parts.Add(cell.Model);
        }

        if (_noises)
        {
            parts.Add(cell.Cell.Noise);
        }

        parts.Add(cell.IsSmoothed ? "σ = " + TableLayout.Number(cell.Cell.Sigma) : "no noise");
        if (cell.Cell.TrainSigma is { } train && train != cell.Cell.Sigma)
        {
            parts.Add("trained at " + TableLayout.Number(train));
        }

        return string.Join(", ", parts);
    }

    private static bool Differ(IReadOnlyList<CellReport> all, Func<CellReport, string> property) =>
        all.Select(property).Distinct().Skip(1).Any();
}
