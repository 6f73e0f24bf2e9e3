using System.Globalization;
using System.Text;

namespace RandomizedSmoothing.Reporting.AccuracyLoss.Page;

/// <summary>Smoothed accuracy over training and test sigmas.</summary>
internal static class GridSection
{
    private const string None = "0";

    public static void Write(StringBuilder page, LossReport report)
    {
        foreach (var group in report.Groups)
        {
            if (LossFigures.Grid(group) is not { } grid)
            {
                continue;
            }

            LossPage.Head(page, report, group, "Training against smoothing");
            page.Append("<div class=\"scroll\"><table class=\"heat\">\n<thead><tr><th scope=\"col\">trained at σ</th>");
            foreach (var column in grid.Places)
            {
                page.Append("<th scope=\"col\" class=\"number\">σ = ").Append(column).Append("</th>");
            }

            page.Append("</tr></thead>\n<tbody>\n");
            for (var row = 0; row < grid.Rows.Count; row++)
            {
                page.Append("<tr><th scope=\"row\">").Append(grid.Rows[row]).Append("</th>");
                for (var column = 0; column < grid.Places.Count; column++)
                {
                    var cell = grid.Cells.Where(c => c.Column == column && c.Row == row).Select(c => (double?)c.Share);
                    page.Append(
                        cell.FirstOrDefault() is { } share
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $"<td class=\"number\" style=\"--share:{share:0.###}\">{100 * share:0.0}</td>"
                            )
                            : "<td class=\"number\">–</td>"
                    );
                }

                page.Append("</tr>\n");
            }

            page.Append("</tbody>\n</table></div>\n");
            LossPage.Caption(page, Caption(grid));
            page.Append("</section>\n");
        }
    }

    private static string Caption(LossPanel grid) =>
        "Images that are answered right, in percent"
        + (grid.Places.Contains(None) ? "; σ = 0 is the network by itself." : ".")
        + (grid.Rows.Contains(None) ? " Row 0 is the network that saw no noise in training." : "");
}
