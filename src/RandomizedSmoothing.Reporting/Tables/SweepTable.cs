using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>The table of a sweep.</summary>
public static class SweepTable
{
    /// <summary>Certified accuracy of the cells at the radii of the sweep's report, and below them of published logs.</summary>
    /// <param name="cells">The cells, in grid order.</param>
    /// <param name="report">The radii.</param>
    /// <param name="published">Logs to compare with; those of other data sets than the cells' are left out.</param>
    public static AccuracyTable Of(
        IReadOnlyList<CellReport> cells,
        ReportSpec report,
        IReadOnlyList<CertificationLog>? published = null
    )
    {
        var radii = ReportRadii.OfTable(report, cells);
        var logs = (published ?? [])
            .Where(log => log.Specification.Dataset is not { } name || cells.Any(c => c.Dataset.Name == name))
            .ToList();
        List<AccuracyRow> rows = [.. cells.Select(c => c.Row(radii)), .. Published(cells, logs, radii)];
        return new AccuracyTable
        {
            Radii = radii,
            Rows = rows,
            Notes = cells.Count == 0 ? [] : [.. Notes(cells[0].Plan, cells, rows), .. Origins(logs)],
        };
    }

    private static IEnumerable<AccuracyRow> Published(
        IReadOnlyList<CellReport> cells,
        List<CertificationLog> logs,
        IReadOnlyList<double> radii
    )
    {
        var audits = LogAudit.Of(logs);
        foreach (var (log, audit) in logs.Zip(audits))
        {
            var row = CertifiedRun.OfLog(log, audit).Row(radii);
            yield return row with
            {
                Dataset = log.Specification.Dataset ?? cells.Select(c => c.Dataset.Name).FirstOrDefault("?"),
                Model = $"{row.Model} (published)",
            };
        }
    }

    private static IEnumerable<string> Origins(List<CertificationLog> logs) =>
        logs.Count == 0
            ? []
            :
            [
                "Rows marked as published are computed from the logs of others, whose radii are printed to three digits; n and α are those that the radii show.",
            ];

    /// <summary>Norms as text shows them; <c>?</c> for one that is not known.</summary>
    public static string NormName(IReadOnlyList<Norm?> norms) =>
        norms.Count != 1
            ? string.Join("/", norms.Select(n => NormName([n])))
            : norms[0] switch
            {
                Norm.L0 => "ℓ0",
                Norm.L1 => "ℓ1",
                Norm.L2 => "ℓ2",
                Norm.LInf => "ℓ∞",
                _ => "?",
            };

    private static List<string> Notes(
        CertificationPlan plan,
        IReadOnlyList<CellReport> cells,
        IReadOnlyList<AccuracyRow> rows
    )
    {
        var alpha = TableLayout.Number(plan.Alpha);
        var draws = plan.N.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        var each =
            plan.FamilyWise == FamilyWiseCorrection.Bonferroni
                ? $"all certificates of a row hold together with probability 1 − {alpha} (Bonferroni)"
                : $"each certificate fails with probability at most α = {alpha}";
        var amount =
            plan.Mode == CertificationMode.Fixed
                ? $"n0 = {plan.N0}, n = {draws} draws per image"
                : $"n0 = {plan.N0}, up to {draws} draws per image, anytime-valid; the column draws is their mean";
        var notes = new List<string>
        {
            $"{amount}; {each}. Abstentions count as wrong. ACR is the average certified radius; compare it only at equal n and α.",
        };
        if (rows.Any(r => r.NotEstimated > 0))
        {
            notes.Add(
                "Images whose selected class is not the label are not estimated (certify.images: correct) and count as wrong: "
                    + "nothing tells how many of them would be abstentions."
            );
        }

        if (cells.Count > cells.Select(c => c.Dataset.Name).Distinct().Count())
        {
            notes.Add(AccuracyTable.StarNote(rows));
        }

        return notes;
    }
}
