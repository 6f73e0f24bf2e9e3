using System.Globalization;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>
/// How sure the smoothed classifiers are: the distribution of the lower bound of the selected class's probability, beside the
/// average certified radius, which alone can mislead.
/// </summary>
internal static class ProbabilitySection
{
    private static readonly double[] Edges = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0000001];
    private static readonly string[] Names = ["< .5", ".5", ".6", ".7", ".8", ".9", ".95", ".99", ".999"];

    public static void Write(StringBuilder page, ReportContent content)
    {
        var cells = content.Drawn.Where(c => c.IsSmoothed && c.Certificates.Any(HasBound)).ToList();
        if (cells.Count == 0)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"pa\">\n<h2 id=\"pa\">How sure: lower bounds of p<sub>A</sub></h2>\n");
        page.Append("<div class=\"histograms\">\n");
        var names = new CellNames(content.Drawn);
        foreach (var cell in cells)
        {
            Histogram(page, cell, names);
        }

        var plan = cells[0].Plan;
        page.Append(
            "</div>\n<p class=\"caption\">Images by the lower bound of the probability of the selected class; bins start "
        );
        page.Append("at the number below them. ");

        // Not so where the runner-up has a bound of its own, or all draws are made and nothing is bounded.
        var below = cells.SelectMany(cell => cell.Certificates).Where(c => HasBound(c) && c.Lower.Value < 0.5);
        page.Append(below.All(c => c.Abstained) ? "Below .5 is abstention. " : "");
        page.Append(
            CultureInfo.InvariantCulture,
            $"ACR is the mean of the certified radius over all images, 0 where not right, at n = {HtmlText.Count(plan.N)} and α = {TableLayout.Number(plan.Alpha)}: it grows with n and rewards a few very sure images, so compare it only at equal n and α.</p>\n</section>\n"
        );
    }

    private static void Histogram(StringBuilder page, CellReport cell, CellNames names)
    {
        var bounds = cell.Certificates.Where(HasBound).ToList();
        var right = new int[Names.Length];
        var other = new int[Names.Length];
        foreach (var certificate in bounds)
        {
            var bin = Array.FindLastIndex(Edges, edge => edge <= certificate.Lower.Value);
            if (certificate.SelectedClass == certificate.Label)
            {
                right[bin]++;
            }
            else
            {
                other[bin]++;
            }
        }

        var most = Math.Max(1, right.Zip(other, (a, b) => a + b).Max());
        var acr = cell.Curve([]).AverageRadius;
        page.Append("<figure><h3>").Append(HtmlText.Encode(names.Of(cell))).Append(" <small>ACR ");
        page.Append(double.IsFinite(acr) ? acr.ToString("0.000", CultureInfo.InvariantCulture) : "–");
        page.Append("</small></h3>\n<div class=\"histogram\">");
        for (var bin = 0; bin < Names.Length; bin++)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<div class=\"column\" title=\"{right[bin]} right, {other[bin]} wrong\"><div class=\"stack\"><span class=\"wrong\" style=\"height:{100.0 * other[bin] / most:0.#}%\"></span><span class=\"right\" style=\"height:{100.0 * right[bin] / most:0.#}%\"></span></div><span class=\"bin\">{HtmlText.Encode(Names[bin])}</span></div>"
            );
        }

        page.Append("</div></figure>\n");
    }

    private static bool HasBound(Certificate certificate) => certificate.N > 0;
}
