using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Cli.Results;

/// <summary>The arithmetic of one image's certificates in the form that <c>-o</c> asks for.</summary>
internal static class ExplanationOutput
{
    public static string Text(IReadOnlyList<CellReport> cells, int image, OutputFormat format)
    {
        var explanations = cells.Select(c => ImageExplanation.Of(c, image)).OfType<ImageExplanation>().ToList();
        if (explanations.Count == 0)
        {
            var some = cells[0].Votes.Images.Take(5).Select(i => i.ImageIndex);
            throw new UserErrorException(
                $"Image {image} is not among the results. The images are {string.Join(", ", some)}, … of the split."
            );
        }

        if (format == OutputFormat.Json)
        {
            var array = new JsonArray([.. explanations.Select(Node)]);
            return array.ToJsonString(JsonText.Indented) + "\n";
        }

        if (format is OutputFormat.Csv or OutputFormat.Md or OutputFormat.Latex)
        {
            var table = new RowTable("cell", "step", "value", "formula");
            foreach (var explanation in explanations)
            {
                foreach (var step in explanation.Steps)
                {
                    table.Add(explanation.Cell.Value, step.Name, step.Text, step.Formula);
                }
            }

            using var writer = new StringWriter { NewLine = "\n" };
            table.Write(writer, format);
            return writer.ToString();
        }

        return string.Join("\n", explanations.Select(e => e.ToText()));
    }

    private static JsonObject Node(ImageExplanation explanation) =>
        new()
        {
            ["cell"] = explanation.Cell.Value,
            ["image"] = explanation.ImageIndex,
            ["steps"] = new JsonArray([
                .. explanation.Steps.Select(s => new JsonObject
                {
                    ["step"] = s.Name,
                    ["value"] = JsonText.Node(s.Value),
                    ["text"] = s.Text,
                    ["formula"] = s.Formula,
                }),
            ]),
        };
}
