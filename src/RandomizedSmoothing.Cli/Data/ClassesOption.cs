using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cli.Data;

/// <summary><c>--classes</c>: on a command line what <c>datasets[].classes</c> is in a sweep file.</summary>
internal static class ClassesOption
{
    public static Option<long?> Create() =>
        NumberOptions.Count("--classes", "How many classes there are, where a split lacks images of the last ones", 2);

    /// <summary>The data set with the number of classes that was given; its range is the catalogue's to check.</summary>
    public static DatasetSpec WithClasses(this DatasetSpec dataset, ParseResult parsed, Option<long?> option) =>
        parsed.GetValue(option) is { } classes
            ? dataset with
            {
                Classes = (int)Math.Min(int.MaxValue, classes),
            }
            : dataset;
}
