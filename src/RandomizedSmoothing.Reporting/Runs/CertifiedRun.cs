using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>
/// One smoothed classifier certified on one data set, wherever it comes from: a published log or a cell of a results folder.
/// What tables and comparisons are made of.
/// </summary>
public sealed record CertifiedRun
{
    /// <summary>The file, or the folder and cell, it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>What is known of it: data set, model, sigma, draws, …</summary>
    public required RunFacts Facts { get; init; }

    /// <summary>The images; radii exact from a results folder, as printed from a log.</summary>
    public required IReadOnlyList<LogRow> Rows { get; init; }

    /// <summary>Images that were to be certified.</summary>
    public required int Planned { get; init; }

    /// <summary>Whether it is a log, not results of this program.</summary>
    public bool IsLog { get; init; }

    /// <summary>Whether its images have radii. A prediction log says which classes were right, and nothing of any radius.</summary>
    public bool HasRadii { get; init; } = true;

    /// <summary>What is wrong with the log that it comes from, a sentence each; rows that could not be read are not among the images.</summary>
    public IReadOnlyList<string> Damage { get; init; } = [];

    /// <summary>A run of a log; n and α are those of the audit, where it could tell.</summary>
    public static CertifiedRun OfLog(CertificationLog log, LogAuditResult? audit)
    {
        var specification = log.Specification;
        return new CertifiedRun
        {
            Source = log.Path,
            Rows = log.Rows,
            Planned = log.Rows.Count,
            IsLog = true,
            HasRadii = log.Kind == LogKind.Certify,
            Damage = [.. log.DamageInShort()],
            Facts = new RunFacts
            {
                Dataset = specification.Dataset,
                Split = specification.Split,
                Model = specification.Model,
                TrainSigma = specification.TrainSigma,
                Noise = specification.Noise,
                Norm = specification.Norm,
                Sigma = specification.Sigma ?? audit?.Sigma,
                N = specification.Draws ?? audit?.N,
                Alpha = specification.Alpha ?? audit?.Alpha,
                Images = Selection(log.Rows),
                RadiusDigits = log.RadiusDigits.ToString(),
            },
        };
    }

    /// <summary>A run of a cell of a sweep.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="results">The sweep that it is of.</param>
    /// <param name="place">Where the sweep is: its results folder, or its id in a cluster.</param>
    public static CertifiedRun OfCell(CellReport cell, SweepResults results, string place)
    {
        var (sweep, environment) = (results.Sweep, results.Environment);
        var model = sweep.Models.FirstOrDefault(m => m.Key == cell.Cell.Model);
        var artifact = environment.Models.FirstOrDefault(m => m.Key == cell.Cell.Model);
        return new CertifiedRun
        {
            Source = $"{place}:{cell.Cell.Id}",
            Rows = [.. cell.LogRows()],
            Planned = cell.Planned,
            Facts = new RunFacts
            {
                Dataset = cell.Dataset.Name,
                DatasetHash = cell.Dataset.Hash.Short,
                Split = cell.Dataset.Spec.Split,
                Model = cell.Model,
                ModelHash = (artifact?.File ?? model?.FileHash ?? model?.Key)?.Short,
                TrainSigma = cell.Cell.TrainSigma,
                Noise = cell.Cell.Noise,
                Norm = cell.Norm,
                Sigma = cell.Cell.Sigma,
                N0 = cell.Plan.N0,
                N = cell.Plan.N,
                Alpha = cell.Plan.Alpha,
                Mode = TextOf(cell.Plan.Mode),
                Certificate = TextOf(cell.Plan.Certificate),
                FamilyWise = TextOf(cell.Plan.FamilyWise),
                Sampler = TextOf(sweep.Sampler),
                Seed = sweep.Seed,
                Precision = TextOf(sweep.Execution.Precision),
                Devices = string.Join(", ", environment.Devices.Select(d => d.Kind).Distinct()),
                Version = ShortVersion(environment.ProductVersion),
                Images = Selection([.. cell.LogRows()]),
                RadiusDigits = "exact",
            },
        };
    }

    /// <summary>The whole curve.</summary>
    public CurveSeries Series(string label, int slot) =>
        new(label, Rows.Where(r => r.Correct).Select(r => r.Radius), Rows.Count) { Planned = Planned, Slot = slot };

    /// <summary>The row of a table.</summary>
    public AccuracyRow Row(IReadOnlyList<double> radii)
    {
        var series = Series("", 0);
        double images = Math.Max(1, Rows.Count);
        return new AccuracyRow
        {
            Dataset = Facts.Dataset ?? "?",
            Model = Facts.Model ?? Path.GetFileName(Source),
            TrainSigma = Facts.TrainSigma,
            Noise = Facts.Noise ?? "?",
            Norm = Facts.Norm,
            Sigma = Facts.Sigma,
            Accuracies = [.. radii.Select(r => HasRadii || r == 0 ? series.At(r) : double.NaN)],
            Abstained = Rows.Count(r => r.Abstained) / images,
            Wrong = Rows.Count(r => r.Wrong) / images,
            NotEstimated = Rows.Count(r => r.NotEstimated) / images,
            AverageRadius = Rows.Count == 0 || !HasRadii ? null : AverageRadius,
            Images = Rows.Count,
            Planned = Planned,
            N = Facts.N,
            Alpha = Facts.Alpha,
        };
    }

    /// <summary>Mean over all images of the radius where correct, else 0.</summary>
    public double AverageRadius => Rows.Count == 0 ? 0 : Rows.Sum(r => r.Correct ? r.Radius : 0) / Rows.Count;

    // The commit behind the + as short as it is elsewhere.
    private static string ShortVersion(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0
            ? version[..Math.Min(version.Length, plus + 8)]
            : version;

    private static string TextOf<T>(T choice)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString());

    // "500, every 20th"
    private static string Selection(IReadOnlyList<LogRow> rows)
    {
        if (rows.Count < 2)
        {
            return TableLayout.Number(rows.Count);
        }

        var steps = rows.Zip(rows.Skip(1), (a, b) => b.Index - a.Index).Distinct().ToList();
        var count = TableLayout.Number(rows.Count);
        return steps.Count == 1 && steps[0] > 1 ? $"{count}, one in {TableLayout.Number(steps[0])}" : count;
    }
}
