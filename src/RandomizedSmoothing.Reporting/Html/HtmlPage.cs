using System.Reflection;
using System.Text;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>
/// The frame of a page: one HTML file without any other file, script or connection, for light and dark, screen, phone and paper.
/// </summary>
internal static class HtmlPage
{
    private static readonly string Style = Read("report.css") + Read("figures.css");

    public static void Open(StringBuilder page, string title)
    {
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.Append("<title>").Append(HtmlText.Encode(title)).Append("</title>\n");
        page.Append("<style>\n").Append(Style).Append("</style>\n</head>\n<body>\n<main>\n");
    }

    public static string Close(StringBuilder page) => page.Append("</main>\n</body>\n</html>\n").ToString();

    /// <summary>One term of a list of facts.</summary>
    public static void Fact(StringBuilder page, string term, string text) =>
        page.Append("<div><dt>")
            .Append(HtmlText.Encode(term))
            .Append("</dt><dd>")
            .Append(HtmlText.Encode(text))
            .Append("</dd></div>\n");

    /// <summary>Lines that a reader must not miss; nothing where there are none.</summary>
    public static void Notice(StringBuilder page, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"notice\" role=\"note\">");
        foreach (var line in lines)
        {
            page.Append("<p>").Append(HtmlText.Encode(line)).Append("</p>");
        }

        page.Append("</div>\n");
    }

    private static string Read(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream("RandomizedSmoothing.Reporting.Html." + name)
            ?? throw new InvalidOperationException($"The style sheet {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
