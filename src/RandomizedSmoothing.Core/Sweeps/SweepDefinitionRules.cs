using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps.Reading;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// What a definition must keep to be run at all. Whatever is resolved from a sweep file does; a text that was received or stored
/// need not.
/// </summary>
public static class SweepDefinitionRules
{
    private const int MostTold = 5;

    /// <summary>Refuses a definition that breaks a rule.</summary>
    /// <exception cref="UserErrorException">It does; the message names the first few places.</exception>
    public static void Require(SweepDefinition sweep)
    {
        if (Describe(sweep, Problems(sweep)) is { } problem)
        {
            throw new UserErrorException(problem);
        }
    }

    /// <summary>Problems as one paragraph, the first few in full; null where there are none.</summary>
    public static string? Describe(SweepDefinition sweep, IEnumerable<string> problems)
    {
        var all = problems.ToList();
        var more = all.Count - MostTold;
        return all.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The sweep '{sweep.Name}' cannot be run: {string.Join(" ", all.Take(MostTold))}{(more > 0 ? $" There are {more} more such problems." : "")}"
            );
    }

    /// <summary>Every broken rule, a sentence each.</summary>
    public static IEnumerable<string> Problems(SweepDefinition sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        if (HasHoles(sweep))
        {
            return ["One of its lists holds a null."];
        }

        return
        [
            .. OfPlan(sweep.Plan),
            .. OfExecution(sweep.Execution),
            .. sweep.Datasets.SelectMany(OfDataset),
            .. sweep.Models.SelectMany(OfModel),
            .. OfCells(sweep),
        ];
    }

    private static bool HasHoles(SweepDefinition sweep) =>
        sweep.Datasets.Contains(null)
        || sweep.Models.Contains(null)
        || sweep.Cells.Contains(null)
        || sweep.BatchChoices.Contains(null)
        || sweep.Datasets.Any(d => d.Labels.IsDefault || d.ClassNames.IsDefault || d.ClassNames.Contains(null!));

    private static IEnumerable<string> OfPlan(CertificationPlan plan)
    {
        if (plan.N0 is < 1 or > PlanReader.MostDraws || plan.N is < 1 or > PlanReader.MostDraws)
        {
            yield return Text(
                $"Its plan has n0 = {plan.N0} and n = {plan.N}; both must be from 1 to {PlanReader.MostDraws}."
            );
        }

        if (!(plan.Alpha is > 0 and < 0.5))
        {
            yield return Text($"Its plan has alpha = {plan.Alpha}, which must lie between 0 and 0.5.");
        }

        if (
            plan.Radii.Any(radius => !(radius >= 0) || !double.IsFinite(radius))
            || plan.Radii.Zip(plan.Radii.Skip(1)).Any(pair => pair.First >= pair.Second)
        )
        {
            yield return "The radii of its plan must be finite, at least 0 and ascending.";
        }

        if (plan.Precision is { } precision && !(precision is > 0 and < 1))
        {
            yield return Text($"Its plan has precision = {precision}, which must lie between 0 and 1.");
        }

        if (plan.Tolerance is { } tolerance && !(tolerance is > 0 and <= 0.1))
        {
            yield return Text($"Its plan has tolerance = {tolerance}, which must be above 0 and at most 0.1.");
        }
    }

    private static IEnumerable<string> OfExecution(ExecutionPlan execution)
    {
        if (execution.MaxAttempts < 1 || execution.ShardImages < 1 || execution.BatchSize < 1)
        {
            yield return "Its maxAttempts, shardImages and batchSize must be at least 1 where they are given.";
        }
    }

    private static IEnumerable<string> OfDataset(DatasetReference dataset)
    {
        if (dataset.Step < 1 || (long)dataset.Step * (dataset.Count - 1L) > int.MaxValue)
        {
            yield return Text(
                $"The data set '{dataset.Name}' takes every step-th image with step = {dataset.Step}, which must be at least 1 and lead to no image behind {int.MaxValue}."
            );
        }

        if (dataset.Shape is not { Channels: > 0, Height: > 0, Width: > 0 })
        {
            yield return $"The data set '{dataset.Name}' has images of the shape {dataset.Shape}.";
        }

        if (dataset.Labels.IsEmpty || dataset.Labels.Any(label => label < 0 || label >= dataset.Classes))
        {
            yield return Text(
                $"The data set '{dataset.Name}' must have images, and labels from 0 to {dataset.Classes - 1}, as it has {dataset.Classes} classes."
            );
        }
    }

    private static IEnumerable<string> OfModel(ModelReference model)
    {
        if (model.Training is null == model.FileHash is null)
        {
            yield return $"The model '{model.Name}' needs either a training or the digest of a file.";
        }
        else if (model.Training is { } task && task.Key != model.Key)
        {
            yield return $"The model '{model.Name}' has another key than its training.";
        }
    }

    private static IEnumerable<string> OfCells(SweepDefinition sweep)
    {
        if (sweep.Cells.Count == 0)
        {
            yield return "It has no cells.";
        }

        foreach (var same in sweep.Cells.GroupBy(cell => cell.Id).Where(same => same.Count() > 1))
        {
            yield return $"The cell '{same.Key}' is there more than once.";
        }

        var told = new HashSet<string>();
        var models = sweep.Models.Select(model => model.Key).ToHashSet();
        foreach (var cell in sweep.Cells)
        {
            if (sweep.FindDatasetOf(cell) is null)
            {
                yield return $"The cell '{cell.Id}' is on a data set with the digest {cell.Dataset.Short}, and there is none of this digest and of the name with which the id begins.";
            }

            if (!models.Contains(cell.Model))
            {
                yield return $"The cell '{cell.Id}' is of a model with the key {cell.Model.Short}, and there is none.";
            }

            if (NoiseProblem(cell.Noise, cell.Sigma) is { } problem && told.Add(problem))
            {
                yield return $"The cell '{cell.Id}': {problem}";
            }
        }
    }

    private static string? NoiseProblem(string noise, double sigma)
    {
        try
        {
            NoiseFamilies.Create(noise, sigma);
            return null;
        }
        catch (UserErrorException error)
        {
            return error.Message;
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
