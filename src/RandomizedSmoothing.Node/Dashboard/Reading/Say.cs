using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Dashboard.Reading;

/// <summary>Values as pages write them.</summary>
internal static class Say
{
    /// <summary>A count with a unit prefix.</summary>
    public static string Count(double value) => TextRendering.Count(value);

    /// <summary>A number of things, the thing in the singular where it is one.</summary>
    public static string Number(int count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {thing}{(count == 1 ? "" : "s")}");

    /// <summary>A class by its name, with its number where that is no name.</summary>
    public static string Class(DatasetReference dataset, int label) =>
        label >= 0 && label < dataset.Classes
            ? dataset.ClassNames[label]
            : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time that is left, or that it is unknown.</summary>
    public static string Left(TimeSpan? left) => left is { } known ? TextRendering.Duration(known) : "unknown yet";

    /// <summary>An instant, UTC.</summary>
    public static string At(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A share in [0,1] as a percentage with one decimal.</summary>
    public static string Percent(double share) =>
        double.IsFinite(share) ? share.ToString("0.0 %", CultureInfo.InvariantCulture) : "–";
}
