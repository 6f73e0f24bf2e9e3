using System.Globalization;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>
/// The report: one HTML file without any other file, script or connection, for light and dark, screen, phone and paper.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page.</summary>
    public static string Page(ReportContent content)
    {
        var page = new StringBuilder();
        HtmlPage.Open(page, content.Results.Sweep.Name + " · certified accuracy");
        Header(page, content);
        Curves(page, content);
        Table(page, content.DrawnTable);
        OutcomeSection.Write(page, content);
        ProbabilitySection.Write(page, content);
        FragileSection.Write(page, content);
        ManifestSection.Write(page, content);
        return HtmlPage.Close(page);
    }

    private static void Header(StringBuilder page, ReportContent content)
    {
        var sweep = content.Results.Sweep;
        page.Append("<header>\n<p class=\"kind\">Certified accuracy by randomized smoothing</p>\n<h1>")
            .Append(HtmlText.Encode(sweep.Name))
            .Append("</h1>\n<p class=\"finding\">")
            .Append(HtmlText.Encode(Finding.Of(content.Table)))
            .Append("</p>\n");
        Notice(page, content);
        page.Append("<dl class=\"facts\">\n");
        HtmlPage.Fact(
            page,
            "data",
            string.Join(", ", sweep.Datasets.Select(d => $"{d.Name}, {HtmlText.Count(d.Count)} images"))
        );
        HtmlPage.Fact(page, "draws", DrawsText(sweep.Plan));
        HtmlPage.Fact(
            page,
            "failure probability",
            "α = " + TableLayout.Number(sweep.Plan.Alpha) + FamilyText(sweep.Plan)
        );
        HtmlPage.Fact(page, "noise", SamplerText(sweep));
        var devices = content.Results.Environment.Devices.Select(d => d.Description).Distinct().ToList();
        if (devices.Count > 0)
        {
            HtmlPage.Fact(page, "device", string.Join(", ", devices));
        }

        var total = content.Cells.SelectMany(c => c.Votes.Images).Sum(i => i.Selection.Total + i.Estimation.Total);
        HtmlPage.Fact(
            page,
            "votes",
            $"{HtmlText.Count(total)} in {Duration(content.Manifest.DeviceSeconds)} of device time"
        );
        page.Append("</dl>\n</header>\n");
    }

    private static void Notice(StringBuilder page, ReportContent content)
    {
        var lines = new List<string>();
        var open = content.Cells.Count(c => c.IsProvisional);
        if (open > 0)
        {
            var done = content.Cells.Sum(c => c.Certificates.Count);
            var all = content.Cells.Sum(c => c.Planned);
            lines.Add(
                $"Provisional: {HtmlText.Count(done)} of {HtmlText.Count(all)} images are finished; {open} of {content.Cells.Count} curves will still change."
            );
        }

        if (content.Results.State is SweepState.CompletedWithGaps)
        {
            lines.Add("The sweep ended with gaps: some images failed repeatedly and were given up.");
        }

        lines.AddRange(content.Manifest.Warnings);
        if (DrawnCells.Caveat(content.Cells.Count) is { } caveat)
        {
            lines.Add(caveat);
        }

        HtmlPage.Notice(page, lines);
    }

    private static void Curves(StringBuilder page, ReportContent content)
    {
        page.Append("<section aria-labelledby=\"curves\">\n<h2 id=\"curves\">Certified accuracy against radius</h2>\n");
        page.Append(content.Figure.Panels.Count > 1 ? "<div class=\"panels\">\n" : "<div class=\"panels one\">\n");
        foreach (var panel in content.Figure.Panels)
        {
            page.Append("<figure>\n");
            if (panel.Title.Length > 0)
            {
                page.Append("<h3>").Append(HtmlText.Encode(panel.Title)).Append("</h3>\n");
            }

            page.Append(CurveSvg.Legend(panel)).Append(CurveSvg.Panel(content.Figure, panel)).Append("</figure>\n");
        }

        page.Append(
            "</div>\n<p class=\"caption\">The share of images that are classified correctly and for which no change of "
        );
        page.Append("this size can alter the answer. Abstentions count as wrong.");
        if (content.Figure.Confidence is { } confidence && content.Figure.Panels.Any(p => p.HasBands))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $" Bands are {100 * confidence:0} % Clopper-Pearson intervals over the choice of images."
            );
        }

        page.Append("</p>\n</section>\n");
    }

    private static void Table(StringBuilder page, AccuracyTable table)
    {
        var layout = TableLayout.Of(table);
        page.Append(
            "<section aria-labelledby=\"table\">\n<h2 id=\"table\">Table</h2>\n<div class=\"scroll\"><table>\n<caption>"
        );
        page.Append(HtmlText.Encode(layout.Caption)).Append("</caption>\n<thead><tr>");
        for (var at = 0; at < layout.Headers.Count; at++)
        {
            page.Append(at < layout.KeyColumns ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">");
            page.Append(HtmlText.Encode(layout.Headers[at])).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in layout.Rows)
        {
            page.Append("<tr>");
            for (var at = 0; at < row.Count; at++)
            {
                var text = HtmlText.Encode(row[at].Text);
                page.Append(
                    at < layout.KeyColumns ? $"<th scope=\"row\">{text}</th>"
                    : row[at].IsBest ? $"<td class=\"number best\">{text}</td>"
                    : $"<td class=\"number\">{text}</td>"
                );
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
        foreach (var note in layout.Notes)
        {
            page.Append("<p class=\"caption\">")
                .Append(HtmlText.Encode(note.Replace("A star marks", "Bold marks", StringComparison.Ordinal)))
                .Append("</p>\n");
        }

        page.Append("</section>\n");
    }

    private static string SamplerText(SweepDefinition sweep)
    {
        var kinds = sweep
            .Cells.Select(cell => sweep.Sampler.For(NoiseFamilies.Create(cell.Noise, cell.Sigma)))
            .ToHashSet();
        return kinds.Count == 2 ? "exact integer sampler, and the device sampler where a family has no exact one"
            : kinds.Contains(SamplerKind.Exact) ? "exact integer sampler"
            : "device sampler";
    }

    private static string DrawsText(CertificationPlan plan) =>
        plan.Mode == CertificationMode.Fixed
            ? $"{HtmlText.Count(plan.N0)} to select, {HtmlText.Count(plan.N)} to certify each image"
            : $"{HtmlText.Count(plan.N0)} to select, up to {HtmlText.Count(plan.N)} to certify, anytime-valid";

    private static string FamilyText(CertificationPlan plan) =>
        plan.FamilyWise == FamilyWiseCorrection.Bonferroni ? " for all images of a cell together" : " per image";

    private static string Duration(double seconds) =>
        seconds < 120 ? seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : seconds < 7200 ? (seconds / 60).ToString("0", CultureInfo.InvariantCulture) + " min"
        : (seconds / 3600).ToString("0.0", CultureInfo.InvariantCulture) + " h";
}
