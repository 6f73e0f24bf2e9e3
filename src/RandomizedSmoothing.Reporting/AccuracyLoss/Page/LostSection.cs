using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.AccuracyLoss.Page;

/// <summary>Images that the clean-trained network labels right and the smoothed classifier does not.</summary>
internal static class LostSection
{
    public static void Write(StringBuilder page, LossReport report, PixelSource? pixels)
    {
        foreach (var group in report.Groups)
        {
            var lost = group.LostImages();
            if (lost.Count == 0)
            {
                continue;
            }

            LossPage.Head(page, report, group, "Images that smoothing loses");
            page.Append("<div class=\"fragile\">\n");
            foreach (var image in lost)
            {
                Image(page, group, image, pixels);
            }

            page.Append("</div>\n");
            LossPage.Caption(
                page,
                "The network that saw no noise labels them right; at the noise level shown the smoothed classifier gives another answer or none. The share is that of the label among the votes."
            );
            page.Append("</section>\n");
        }
    }

    private static void Image(StringBuilder page, LossGroup group, LostImage image, PixelSource? pixels)
    {
        page.Append("<figure>");
        if (
            pixels?.Invoke(group.Dataset, image.ImageIndex) is { } bytes
            && Thumbnails.Png(group.Dataset.Shape, bytes) is { } png
        )
        {
            page.Append("<img alt=\"image ")
                .Append(image.ImageIndex)
                .Append("\" src=\"data:image/png;base64,")
                .Append(Convert.ToBase64String(png))
                .Append("\">");
        }

        var after =
            image.NotEstimated ? $"not {LossTables.ClassName(group, image.Label)}, not estimated"
            : image.After >= 0 ? LossTables.ClassName(group, image.After)
            : image.Rival >= 0
                ? $"none ({LossTables.ClassName(group, image.Label)} ~ {LossTables.ClassName(group, image.Rival)})"
            : "none";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<figcaption><b>{HtmlText.Encode(group.Dataset.Name)} #{image.ImageIndex}</b><br>label {HtmlText.Encode(LossTables.ClassName(group, image.Label))}, before {HtmlText.Encode(LossTables.ClassName(group, image.Before))}<br>at σ = {TableLayout.Number(image.Sigma)}: {HtmlText.Encode(after)}<br>{HtmlText.Percent(image.VoteForLabel)} of the votes</figcaption></figure>\n"
        );
    }
}
