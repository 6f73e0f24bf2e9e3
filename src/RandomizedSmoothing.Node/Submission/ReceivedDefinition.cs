using System.Text.RegularExpressions;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>
/// A sweep that was resolved elsewhere. Keys are computed again: under a wrong one its votes, or its model, would be taken for
/// those of other sweeps.
/// </summary>
internal static partial class ReceivedDefinition
{
    /// <summary>What is wrong with it, in a paragraph; null where nothing is. Its files are not looked at.</summary>
    public static string? Problem(SweepDefinition sweep) =>
        SweepDefinitionRules.Describe(sweep, SweepDefinitionRules.Problems(sweep))
        ?? SweepDefinitionRules.Describe(
            sweep,
            [
                .. sweep.Datasets.SelectMany(OfDataset),
                .. sweep.Models.SelectMany(OfModel),
                .. sweep.Cells.SelectMany(cell => OfCell(sweep, cell)),
                .. sweep.BatchChoices.SelectMany(OfChoice),
            ]
        );

    private static IEnumerable<string> OfDataset(DatasetReference dataset)
    {
        if (!IsDigest(dataset.Hash))
        {
            yield return $"The data set '{dataset.Name}' is named by '{dataset.Hash}', which is no SHA-256 digest.";
        }
    }

    private static IEnumerable<string> OfModel(ModelReference model)
    {
        if (!IsDigest(model.FileHash ?? model.Training!.DatasetHash))
        {
            yield return $"The model '{model.Name}' needs the file '{model.FileHash ?? model.Training!.DatasetHash}', which is no SHA-256 digest.";
        }
        else if (Refusal(() => RequireRunnable(model)) is { } refusal)
        {
            yield return refusal;
        }
        else if (KeyOf(model) != model.Key)
        {
            yield return Foreign($"The key of the model '{model.Name}'");
        }
    }

    private static IEnumerable<string> OfCell(SweepDefinition sweep, CellDefinition cell)
    {
        if (cell.BatchRows is < 1 or > BatchRows.Most)
        {
            yield return $"The cell '{cell.Id}' has batches of {cell.BatchRows} rows, and they must have from 1 to {BatchRows.Most}.";
        }
        else if (
            Refusal(() => NoiseFamilies.Create(cell.Noise, cell.Sigma).Lambda(sweep.DatasetOf(cell).Shape.Dimension)) is
            { } refusal
        )
        {
            yield return $"The cell '{cell.Id}': {refusal}";
        }
        else if (BatchTuning.WithRows(sweep, cell, BatchRows.Of(sweep, cell)).VoteKey != cell.VoteKey)
        {
            yield return Foreign($"The vote key of the cell '{cell.Id}'");
        }
    }

    private static IEnumerable<string> OfChoice(BatchChoice choice)
    {
        if (choice.Readings.Any(reading => reading?.Speeds.Any(speed => speed?.Rows == choice.Rows) != true))
        {
            yield return $"The batch size of '{choice.Model}' on '{choice.Dataset}' is none of those that were measured.";
        }
    }

    private static void RequireRunnable(ModelReference model)
    {
        if (model.Training is { } task)
        {
            ArchitectureCatalogue.Get(task.Architecture);
            RecipeCatalogue.Validate(model.Name, task.Recipe);
            NoiseFamilies.Create(task.Noise, task.Sigma);
        }
    }

    private static ContentHash KeyOf(ModelReference model) =>
        model.Training is { } task
            ? TrainingTaskFactory.KeyOf(task)
            : SweepResolver.KeyOf(model.FileHash!.Value, model.Spec, model.Route ?? ClassifierRoute.Program);

    private static string Foreign(string what) =>
        $"{what} does not follow from what it is the key of: another version of the program has resolved the sweep, or somebody changed it.";

    private static string? Refusal(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (UserErrorException error)
        {
            return error.Message;
        }
    }

    private static bool IsDigest(ContentHash hash) => Digest().IsMatch(hash.Hex);

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Digest();
}
