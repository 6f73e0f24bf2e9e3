using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>The table of a sweep.</summary>
public static class SweepTable
{
    /// <summary>Certified accuracy of the cells at the radii of the sweep's report.</summary>
    public static AccuracyTable Of(IReadOnlyList<CellReport> cells, ReportSpec report)
    {
        var radii = ReportRadii.OfTable(report, cells);
        return new AccuracyTable
        {
            Radii = radii,
            Rows = [.. cells.Select(c => c.Row(radii))],
            Norm = NormName([.. cells.Select(c => c.Norm).Distinct()]),
            Notes = cells.Count == 0 ? [] : Notes(cells[0].Plan, cells),
        };
    }

    /// <summary>A norm as text shows it.</summary>
    public static string NormName(IReadOnlyList<Norm> norms) =>
        norms.Count != 1
            ? string.Join("/", norms.Select(n => NormName([n])))
            : norms[0] switch
            {
                Norm.L0 => "ℓ0",
                Norm.L1 => "ℓ1",
                Norm.L2 => "ℓ2",
                _ => "ℓ∞",
            };

    private static List<string> Notes(CertificationPlan plan, IReadOnlyList<CellReport> cells)
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
        if (cells.Select(c => c.Dataset.Name).Distinct().Count() is var sets && cells.Count > sets)
        {
            notes.Add("A star marks the best of its column" + (sets > 1 ? " for each data set." : "."));
        }

        return notes;
    }
}
