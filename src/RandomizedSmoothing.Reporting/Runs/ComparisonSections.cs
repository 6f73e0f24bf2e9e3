using System.Globalization;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>A part of a comparison as every form of it says it.</summary>
/// <param name="Heading">What it tells.</param>
/// <param name="Headers">Columns, the first of text and the others of numbers; empty where there is no table.</param>
/// <param name="Rows">Rows, each as long as the headers.</param>
/// <param name="Note">A sentence below the table, or in its place; empty for none.</param>
public sealed record ComparisonSection(
    string Heading,
    IReadOnlyList<string> Headers,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    string Note
);

/// <summary>The words and numbers of a comparison, the same in a terminal, in Markdown and on a page.</summary>
public static class ComparisonSections
{
    /// <summary>Differences, what is shared, the runs on their own images, and each against the first.</summary>
    public static IReadOnlyList<ComparisonSection> Of(RunComparison comparison)
    {
        var sections = new List<ComparisonSection> { Differences(comparison) };
        if (comparison.Shared.Count > 0)
        {
            var shared = string.Join(", ", comparison.Shared.Select(s => $"{s.Name} {s.Value}"));
            sections.Add(new ComparisonSection("Shared", [], [], shared));
        }

        sections.Add(
            new ComparisonSection(
                "Certified accuracy, each on its own images",
                [
                    "run",
                    .. comparison.Table.Radii.Select(r => "r = " + Number(r)),
                    "abstained",
                    .. comparison.Table.HasNotEstimated ? ["not estimated"] : Array.Empty<string>(),
                    "ACR",
                    "images",
                ],
                [.. comparison.Table.Rows.Select((row, at) => OwnRow(comparison.Table, row, at))],
                ""
            )
        );
        sections.AddRange(comparison.Deltas.Select(delta => Delta(comparison.Runs[0].Name, delta)));
        return sections;
    }

    private static ComparisonSection Differences(RunComparison comparison) =>
        comparison.Differences.Count == 0
            ? new ComparisonSection("Differences", [], [], "None in what is known.")
            : new ComparisonSection(
                "Differences",
                ["", .. comparison.Runs.Select(r => r.Name)],
                [.. comparison.Differences.Select(d => (string[])[d.Name, .. d.Values])],
                ""
            );

    private static string[] OwnRow(AccuracyTable table, AccuracyRow row, int at) =>
        [
            row.Model,
            .. row.Accuracies.Select(
                (a, column) => double.IsNaN(a) ? "–" : PythonText.Fixed(a, 3) + (table.IsBest(at, column) ? "*" : "")
            ),
            PythonText.Fixed(row.Abstained, 3),
            .. table.HasNotEstimated ? [PythonText.Fixed(row.NotEstimated, 3)] : Array.Empty<string>(),
            row.AverageRadius is { } acr ? PythonText.Fixed(acr, 3) : "–",
            row.IsProvisional
                ? string.Create(CultureInfo.InvariantCulture, $"{row.Images} of {row.Planned}")
                : row.Images.ToString(CultureInfo.InvariantCulture),
        ];

    private static ComparisonSection Delta(string first, RunDelta delta)
    {
        var heading = $"{delta.Name} against {first} on the {delta.SharedImages} images that both have";
        return delta.SharedImages == 0
            ? new ComparisonSection(heading, [], [], "They have no image in common." + OtherLabels(delta))
            : new ComparisonSection(
                heading,
                ["r", first, delta.Name, $"{delta.Name} − {first}", $"only {first}", $"only {delta.Name}", "p"],
                [
                    .. delta.Deltas.Select(d =>
                        (string[])
                            [
                                Number(d.Radius),
                                PythonText.Fixed(d.First, 3),
                                PythonText.Fixed(d.Other, 3),
                                Signed(d.Difference),
                                d.OnlyFirst.ToString(CultureInfo.InvariantCulture),
                                d.OnlyOther.ToString(CultureInfo.InvariantCulture),
                                PythonText.General(d.PValue, 2),
                            ]
                    ),
                ],
                (double.IsNaN(delta.RadiusDifference) ? "" : $"ACR {Signed(delta.RadiusDifference)}; ")
                    + "p is the exact sign test of the images where they disagree."
                    + OtherLabels(delta)
            );
    }

    private static string OtherLabels(RunDelta delta) =>
        delta.OtherLabels == 0
            ? ""
            : $" {delta.OtherLabels} images of the same index have another label and were left out: the data set, split or order of the images differs.";

    private static string Signed(double value) => (value >= 0 ? "+" : "−") + PythonText.Fixed(Math.Abs(value), 3);

    private static string Number(double value) => TableLayout.Number(value);
}
