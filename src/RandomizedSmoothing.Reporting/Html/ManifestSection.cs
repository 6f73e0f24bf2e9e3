using System.Text;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>How to make the results again, and everything they rest on.</summary>
internal static class ManifestSection
{
    public static void Write(StringBuilder page, ReportContent content)
    {
        var manifest = content.Manifest;
        page.Append("<section aria-labelledby=\"again\">\n<h2 id=\"again\">Make it again</h2>\n");
        page.Append(
            "<p>The noise is a function of seed, data set, image and draw alone, so the sweep below gives the same "
        );
        page.Append(
            "votes with any number of workers, after any number of interruptions, on the same kind of device.</p>\n"
        );
        if (manifest.Environment.Command.Length > 0)
        {
            page.Append("<pre>").Append(HtmlText.Encode(manifest.Environment.Command)).Append("</pre>\n");
        }

        page.Append("<div class=\"scroll\"><table class=\"plain\">\n");
        Row(page, "seed", manifest.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Row(page, "version", manifest.Environment.ProductVersion);
        foreach (var (library, version) in manifest.Environment.Libraries)
        {
            Row(page, library, version);
        }

        Row(page, "runtime", $"{manifest.Environment.Runtime} on {manifest.Environment.OperatingSystem}");
        Row(page, "machine", manifest.Environment.Machine);
        foreach (var dataset in manifest.Datasets)
        {
            Row(
                page,
                "data " + dataset.Name,
                $"{dataset.Images} images of {dataset.Shape}, SHA-256 {dataset.Hash.Short}…"
            );
        }

        foreach (var model in manifest.Models)
        {
            var file = manifest.Environment.Models.FirstOrDefault(m => m.Key == model.Key)?.File ?? model.FileHash;
            var sigma = model.Training is { } training ? $" trained at σ = {training.Sigma}" : "";
            Row(
                page,
                "model " + model.Name + sigma,
                file is { } hash ? $"SHA-256 {hash.Short}…" : $"key {model.Key.Short}…"
            );
        }

        page.Append("</table></div>\n");
        if (manifest.SweepFile.Length > 0)
        {
            page.Append("<details><summary>Sweep file</summary><pre>")
                .Append(HtmlText.Encode(manifest.SweepFile))
                .Append("</pre></details>\n");
        }

        var isWide = content.Drawn.Count < content.Cells.Count;
        var shown = manifest with { Files = [], SweepFile = "", Cells = isWide ? [] : manifest.Cells };
        page.Append("<details><summary>Manifest")
            .Append(isWide ? " (its cells are in manifest.json)" : "")
            .Append("</summary><pre>")
            .Append(HtmlText.Encode(ResultsReader.Format(shown)))
            .Append("</pre></details>\n</section>\n");
    }

    private static void Row(StringBuilder page, string name, string value)
    {
        if (value.Trim().Length > 0)
        {
            page.Append("<tr><th scope=\"row\">")
                .Append(HtmlText.Encode(name))
                .Append("</th><td>")
                .Append(HtmlText.Encode(value))
                .Append("</td></tr>\n");
        }
    }
}
