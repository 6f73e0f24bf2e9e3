using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>What became of the images: right, wrong, abstained, not estimated, per cell; and accuracy per class.</summary>
internal static class OutcomeSection
{
    private const int MostClasses = 20;

    public static void Write(StringBuilder page, ReportContent content)
    {
        var cells = content.Drawn.Where(c => c.Certificates.Count > 0).ToList();
        if (cells.Count == 0)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"outcome\">\n<h2 id=\"outcome\">Right, wrong, abstained</h2>\n");
        page.Append("<ul class=\"legend\"><li><span class=\"box right\"></span>right</li>");
        page.Append("<li><span class=\"box wrong\"></span>certified for a wrong class</li>");
        page.Append("<li><span class=\"box abstain\"></span>abstained</li>");
        page.Append(
            cells.Exists(c => c.Certificates.Any(i => i.NotEstimated))
                ? "<li><span class=\"box left-out\"></span>not estimated: another class than the label was selected</li>"
                : ""
        );
        page.Append("</ul>\n<div class=\"bars\">\n");
        var names = new CellNames(content.Drawn);
        foreach (var cell in cells)
        {
            Bar(page, cell, names);
        }

        page.Append("</div>\n</section>\n");
        foreach (var group in cells.GroupBy(c => c.Dataset.Name))
        {
            Classes(page, [.. group], content.Drawn, names);
        }
    }

    private static void Bar(StringBuilder page, CellReport cell, CellNames names)
    {
        var curve = cell.Curve([0]);
        double images = curve.Images;
        var (right, wrong, abstained) = (curve.Correct / images, curve.Wrong / images, curve.Abstained / images);
        var leftOut = curve.NotEstimated / images;
        var said = leftOut > 0 ? $", {HtmlText.Percent(leftOut)} not estimated" : "";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"bar-row\"><span class=\"bar-name\">{HtmlText.Encode(names.Of(cell))}</span><span class=\"bar\" role=\"img\" aria-label=\"{HtmlText.Percent(right)} right, {HtmlText.Percent(wrong)} wrong, {HtmlText.Percent(abstained)} abstained{said}\">"
        );
        Part(page, "right", right);
        Part(page, "wrong", wrong);
        Part(page, "abstain", abstained);
        Part(page, "left-out", leftOut);
        page.Append("</span></div>\n");
    }

    private static void Part(StringBuilder page, string kind, double share)
    {
        if (share <= 0)
        {
            return;
        }

        var text = share >= 0.08 ? HtmlText.Percent(share) : "";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<span class=\"{kind}\" style=\"width:{100 * share:0.###}%\" title=\"{HtmlText.Percent(share)}\">{text}</span>"
        );
    }

    private static void Classes(
        StringBuilder page,
        List<CellReport> cells,
        IReadOnlyList<CellReport> all,
        CellNames names
    )
    {
        var dataset = cells[0].Dataset;
        if (dataset.Classes > MostClasses)
        {
            Spread(page, cells, names);
            return;
        }

        page.Append("<section>\n<h2>Accuracy per class");
        page.Append(
            all.Select(c => c.Dataset.Name).Distinct().Skip(1).Any() ? $": {HtmlText.Encode(dataset.Name)}" : ""
        );
        page.Append("</h2>\n<div class=\"scroll\"><table class=\"heat\">\n<thead><tr><th scope=\"col\">class</th>");
        foreach (var name in dataset.ClassNames)
        {
            page.Append("<th scope=\"col\" class=\"number\">").Append(HtmlText.Encode(name)).Append("</th>");
        }

        page.Append("<th scope=\"col\" class=\"number\">spread</th></tr></thead>\n<tbody>\n");
        foreach (var cell in cells)
        {
            var shares = Shares(cell);
            page.Append("<tr><th scope=\"row\">").Append(HtmlText.Encode(names.Of(cell))).Append("</th>");
            foreach (var share in shares)
            {
                page.Append(
                    double.IsNaN(share)
                        ? "<td class=\"number\">–</td>"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"<td class=\"number\" style=\"--share:{share:0.###}\">{100 * share:0}</td>"
                        )
                );
            }

            page.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{100 * SpreadOf(shares):0}</td></tr>\n");
        }

        page.Append(
            "</tbody>\n</table></div>\n<p class=\"caption\">Share of each class that is classified correctly at "
        );
        page.Append("radius 0, in percent; spread is the best class less the worst.</p>\n</section>\n");
    }

    private static void Spread(StringBuilder page, List<CellReport> cells, CellNames names)
    {
        page.Append("<section>\n<h2>Accuracy per class</h2>\n<ul>\n");
        foreach (var cell in cells)
        {
            var shares = Shares(cell).Where(s => !double.IsNaN(s)).ToList();
            page.Append(
                CultureInfo.InvariantCulture,
                $"<li>{HtmlText.Encode(names.Of(cell))}: between {HtmlText.Percent(shares.Min())} and {HtmlText.Percent(shares.Max())} over {shares.Count} classes; {shares.Count(s => s == 0)} classes are never right.</li>\n"
            );
        }

        page.Append("</ul>\n</section>\n");
    }

    private static List<double> Shares(CellReport cell) => [.. cell.Curve([0]).Classes.Select(c => c.Accuracies[0])];

    private static double SpreadOf(List<double> shares)
    {
        var known = shares.Where(s => !double.IsNaN(s)).ToList();
        return known.Count == 0 ? 0 : known.Max() - known.Min();
    }
}
