using System.Globalization;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>The images that are right by the smallest margin, in the most accurate cell of each data set.</summary>
internal static class FragileSection
{
    private const int Shown = 12;

    public static void Write(StringBuilder page, ReportContent content)
    {
        foreach (
            var group in content.Drawn.Where(c => c.IsSmoothed && c.Certificates.Count > 0).GroupBy(c => c.Dataset.Name)
        )
        {
            var cell = group.MaxBy(c => c.Certificates.Count(i => i.Correct) / (double)c.Certificates.Count)!;
            var images = cell.Certificates.Where(c => c.Correct).OrderBy(c => c.Radius).Take(Shown).ToList();
            if (images.Count > 0)
            {
                Cell(page, cell, images, content);
            }
        }
    }

    private static void Cell(StringBuilder page, CellReport cell, List<Certificate> images, ReportContent content)
    {
        page.Append("<section>\n<h2>Most fragile images");
        var many = content.Drawn.Select(c => c.Dataset.Name).Distinct().Skip(1).Any();
        page.Append(many ? $": {HtmlText.Encode(cell.Dataset.Name)}" : "").Append("</h2>\n<div class=\"fragile\">\n");
        foreach (var image in images)
        {
            page.Append("<figure>");
            if (
                content.Pixels?.Invoke(cell.Dataset, image.ImageIndex) is { } pixels
                && Thumbnails.Png(cell.Dataset.Shape, pixels) is { } png
            )
            {
                page.Append("<img alt=\"image ")
                    .Append(image.ImageIndex)
                    .Append("\" src=\"data:image/png;base64,")
                    .Append(Convert.ToBase64String(png))
                    .Append("\">");
            }

            page.Append(
                CultureInfo.InvariantCulture,
                $"<figcaption><b>r = {image.Radius:0.000}</b><br>#{image.ImageIndex} · {ClassName(cell.Dataset, image.Label)}{Rival(cell.Dataset, image)}</figcaption></figure>\n"
            );
        }

        page.Append("</div>\n<p class=\"caption\">Right, but by the smallest certified radius, with ");
        page.Append(HtmlText.Encode(new CellNames(content.Drawn).Of(cell)));
        page.Append("; beside the label, the class that came second.</p>\n</section>\n");
    }

    private static string Rival(DatasetReference dataset, Certificate image) =>
        image.RunnerUp >= 0 && image.RunnerUpVotes > 0 ? " ~ " + ClassName(dataset, image.RunnerUp) : "";

    private static string ClassName(DatasetReference dataset, int label) =>
        HtmlText.Encode(
            label < dataset.Classes ? dataset.ClassNames[label] : label.ToString(CultureInfo.InvariantCulture)
        );
}
