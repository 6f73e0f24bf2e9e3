using System.Globalization;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Certificates;

/// <summary>One image of one cell, line by line: what it is, how its draws voted, and the arithmetic of its certificate.</summary>
public sealed record ImageExplanation
{
    private const int ClassesShown = 5;

    /// <summary>The cell.</summary>
    public required CellId Cell { get; init; }

    /// <summary>Index of the image in its split.</summary>
    public required int ImageIndex { get; init; }

    /// <summary>The lines, in order.</summary>
    public required IReadOnlyList<ExplanationStep> Steps { get; init; }

    /// <summary>Explains an image of a cell; null where the cell does not have it.</summary>
    public static ImageExplanation? Of(CellReport cell, int imageIndex)
    {
        var votes = cell.Votes.Images.FirstOrDefault(i => i.ImageIndex == imageIndex);
        if (votes is null)
        {
            return null;
        }

        var steps = new List<ExplanationStep>
        {
            ExplanationStep.Statement(
                "image",
                "",
                $"{imageIndex} of {cell.Dataset.Name}, {cell.Dataset.Spec.Split} split"
            ),
            ExplanationStep.Statement("label", "", ClassName(cell.Dataset, votes.Label)),
            ExplanationStep.Statement("selection votes", Draws(votes.Selection), Counts(cell.Dataset, votes.Selection)),
            ExplanationStep.Statement(
                "estimation votes",
                Draws(votes.Estimation),
                Counts(cell.Dataset, votes.Estimation)
            ),
        };
        if (cell.Certificates.FirstOrDefault(c => c.ImageIndex == imageIndex) is { } certificate)
        {
            var noise = NoiseFamilies.Create(cell.Cell.Noise, cell.Cell.Sigma);
            var dimension = cell.Dataset.Shape.Dimension;
            steps.AddRange(
                CertificateExplanation.Of(
                    certificate,
                    noise,
                    dimension,
                    cell.Plan,
                    cell.Planned,
                    cell.Dataset.ClassNames
                )
            );
            steps.Add(ExplanationStep.Statement("counts as", "", Outcome(certificate)));
        }
        else
        {
            steps.Add(ExplanationStep.Statement("result", "", "unfinished: no certificate from partial votes"));
        }

        return new ImageExplanation
        {
            Cell = cell.Cell.Id,
            ImageIndex = imageIndex,
            Steps = steps,
        };
    }

    /// <summary>Aligned text: name, value, formula.</summary>
    public string ToText()
    {
        var name = Steps.Max(s => s.Name.Length);
        var value = Steps.Where(s => s.Formula.Length > 0).Select(s => s.Text.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Cell}, image {ImageIndex}\n\n");
        foreach (var step in Steps)
        {
            var line = $"  {step.Name.PadRight(name)}  {step.Text.PadRight(value)}  {step.Formula}";
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string Outcome(Certificate certificate) =>
        certificate.Abstained || certificate.NotEstimated ? "wrong: nothing is claimed"
        : certificate.Correct ? "right up to its radius"
        : "wrong: another class is certified";

    private static string Draws(VoteCounts counts) =>
        string.Create(CultureInfo.InvariantCulture, $"{counts.Total:N0} draws");

    // The classes with votes, most first.
    private static string Counts(DatasetReference dataset, VoteCounts counts)
    {
        var named = Enumerable
            .Range(0, counts.Classes)
            .Where(label => counts[label] > 0)
            .OrderByDescending(label => counts[label])
            .ThenBy(label => label)
            .Select(label => $"{ClassName(dataset, label)}: {counts[label].ToString(CultureInfo.InvariantCulture)}")
            .ToList();
        return named.Count == 0 ? "none"
            : named.Count <= ClassesShown ? string.Join(", ", named)
            : string.Join(", ", named.Take(ClassesShown)) + ", …";
    }

    private static string ClassName(DatasetReference dataset, int label)
    {
        var number = label.ToString(CultureInfo.InvariantCulture);
        return label < dataset.Classes && dataset.ClassNames[label] != number
            ? $"{number} ({dataset.ClassNames[label]})"
            : number;
    }
}
