using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.AccuracyLoss.Page;

/// <summary>The loss report as one HTML file, in the form of the sweep's own report.</summary>
public static class LossPage
{
    /// <summary>The page.</summary>
    /// <param name="report">The study.</param>
    /// <param name="pixels">Pixels of the images that smoothing loses, or null for none.</param>
    public static string Of(LossReport report, PixelSource? pixels)
    {
        var page = new StringBuilder();
        HtmlPage.Open(page, report.Name + " · accuracy loss");
        page.Append("<header>\n<p class=\"kind\">How much accuracy does smoothing cost, and why?</p>\n<h1>")
            .Append(HtmlText.Encode(report.Name))
            .Append("</h1>\n<p class=\"finding\">")
            .Append(HtmlText.Encode(Finding(report)))
            .Append("</p>\n");
        HtmlPage.Notice(page, [.. Notices(report)]);
        page.Append("</header>\n").Append(Sections(report, pixels));
        return HtmlPage.Close(page);
    }

    /// <summary>What stands below the head: sections as HTML, for pages that have the style of <c>figures.css</c>.</summary>
    /// <param name="report">The study.</param>
    /// <param name="pixels">Pixels of the images that smoothing loses, or null for none.</param>
    public static string Sections(LossReport report, PixelSource? pixels)
    {
        var page = new StringBuilder();
        DecompositionSection.Write(page, report);
        CurveSection.Write(page, report);
        GridSection.Write(page, report);
        FamilySection.Write(page, report);
        DrawSection.Write(page, report);
        ClassSection.Write(page, report);
        LostSection.Write(page, report, pixels);
        SandwichSection.Write(page, report);
        Missing(page, report);
        return page.ToString();
    }

    /// <summary>The answer in a sentence or two: the largest loss of the first group that has a decomposition.</summary>
    public static string Finding(LossReport report)
    {
        foreach (var group in report.Groups)
        {
            var steps = group.Steps.Where(s => group.Matched.Contains(s.Smoothed)).ToList();
            if (steps.Count == 0)
            {
                continue;
            }

            var worst = steps.MaxBy(s => s.Parts.Total)!;
            var sigma = TableLayout.Number(worst.Smoothed.Sigma);
            var text = new StringBuilder(
                worst.Parts.TotalImages > 0
                    ? $"On {group.Dataset.Name}, {group.Model} loses {Points(worst.Parts.Total)} points of accuracy at σ = {sigma}: {Parts(worst.Parts)}."
                    : $"On {group.Dataset.Name}, {group.Model} loses no accuracy up to σ = {TableLayout.Number(steps.Max(s => s.Smoothed.Sigma))}."
            );
            var pair = group
                .CleanTrained.Select(c => (Clean: c, Own: group.Find(c.Sigma, c.Sigma)))
                .Where(p => p.Own is not null)
                .OrderByDescending(p => p.Own!.Accuracy - p.Clean.Accuracy)
                .FirstOrDefault();
            if (pair.Own is { } own && own.Accuracy > pair.Clean.Accuracy)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $" Trained without noise and smoothed at σ = {TableLayout.Number(own.Sigma)} it keeps {HtmlText.Percent(pair.Clean.Accuracy)}; trained with that noise, {HtmlText.Percent(own.Accuracy)}."
                );
            }

            return text.ToString();
        }

        return report.Groups.Count == 0
            ? "No image is finished yet."
            : "The sweep lacks the cells that tell where accuracy is lost; what to add stands at the end.";
    }

    private static string Parts(Core.AccuracyLoss.LossDecomposition parts)
    {
        (double Share, string Name)[] named = parts is { Wrong: { } wrong, Abstained: { } abstained }
            ? [(parts.Training, "training with noise"), (wrong, "wrong answers"), (abstained, "abstentions")]
            : [(parts.Training, "training with noise"), (parts.Smoothing, "smoothing")];
        var lost = named.Where(p => p.Share > 0).Select(p => $"{Points(p.Share)} through {p.Name}");
        var gained = named.Where(p => p.Share < 0).Select(p => $"{Points(-p.Share)} regained in {p.Name}");
        return string.Join(", ", lost.Concat(gained));
    }

    /// <summary>A share in points, with its sign.</summary>
    internal static string Points(double share) =>
        (100 * share).ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A level-two head, with the group's name where there are several.</summary>
    internal static void Head(StringBuilder page, LossReport report, LossGroup group, string text)
    {
        var title = LossFigures.TitleOf(report, group);
        page.Append("<section>\n<h2>").Append(HtmlText.Encode(text));
        page.Append(title.Length > 0 ? $": {HtmlText.Encode(title)}" : "").Append("</h2>\n");
    }

    /// <summary>Figures side by side, one a group.</summary>
    internal static void Panels(
        StringBuilder page,
        LossReport report,
        string head,
        Func<LossGroup, LossPanel?> panel,
        string caption
    )
    {
        var panels = report.Groups.Select(g => (Group: g, Panel: panel(g))).Where(p => p.Panel is not null).ToList();
        if (panels.Count == 0)
        {
            return;
        }

        page.Append("<section>\n<h2>").Append(HtmlText.Encode(head)).Append("</h2>\n");
        page.Append(panels.Count > 1 ? "<div class=\"panels\">\n" : "<div class=\"panels one\">\n");
        foreach (var (group, drawn) in panels)
        {
            var title = LossFigures.TitleOf(report, group);
            page.Append("<figure>\n");
            if (title.Length > 0)
            {
                page.Append("<h3>").Append(HtmlText.Encode(title)).Append("</h3>\n");
            }

            page.Append(LossSvg.Legend(drawn!)).Append(LossSvg.Draw(drawn!)).Append("</figure>\n");
        }

        page.Append("</div>\n");
        Caption(page, caption);
        page.Append("</section>\n");
    }

    /// <summary>Opens a part that is folded away until it is asked for; close it with <c>&lt;/details&gt;</c>.</summary>
    internal static void Fold(StringBuilder page, LossReport report, LossGroup group, string text)
    {
        var title = LossFigures.TitleOf(report, group);
        page.Append("<details><summary>").Append(HtmlText.Encode(title.Length > 0 ? $"{text}: {title}" : text));
        page.Append("</summary>\n");
    }

    internal static void Caption(StringBuilder page, string text) =>
        page.Append("<p class=\"caption\">").Append(HtmlText.Encode(text)).Append("</p>\n");

    /// <summary>A plain table; columns from <paramref name="keys"/> on are numbers.</summary>
    internal static void Table(
        StringBuilder page,
        IReadOnlyList<string> headers,
        int keys,
        IEnumerable<IReadOnlyList<string>> rows
    )
    {
        page.Append("<div class=\"scroll\"><table>\n<thead><tr>");
        for (var at = 0; at < headers.Count; at++)
        {
            page.Append(at < keys ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">")
                .Append(HtmlText.Encode(headers[at]))
                .Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>");
            for (var at = 0; at < row.Count; at++)
            {
                var text = HtmlText.Encode(row[at]);
                page.Append(at < keys ? $"<th scope=\"row\">{text}</th>" : $"<td class=\"number\">{text}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    /// <summary>What a reader must know before the numbers.</summary>
    public static IEnumerable<string> Notices(LossReport report)
    {
        if (report.IsProvisional)
        {
            yield return "Provisional: images of some cells are not finished, and every number rests on those that are.";
        }

        var broken = report.Groups.SelectMany(g => g.Cells).Count(c => c.SandwichHolds == false);
        if (broken > 0)
        {
            yield return $"The vote sandwich fails in {broken} cells, which no votes can bring about: the votes are damaged.";
        }
    }

    private static void Missing(StringBuilder page, LossReport report)
    {
        if (report.Missing.Count == 0)
        {
            return;
        }

        page.Append("<section>\n<h2>What this sweep cannot tell</h2>\n<ul>\n");
        foreach (var missing in report.Missing)
        {
            page.Append("<li><b>")
                .Append(HtmlText.Encode(missing.Part))
                .Append("</b>: ")
                .Append(HtmlText.Encode(missing.Remedy))
                .Append("</li>\n");
        }

        page.Append("</ul>\n</section>\n");
    }
}
