using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary><c>rsmooth compare A B…</c>: how runs differ, first in what they are, then in what they certify.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = LogOptions.Paths("Two or more certification logs or results folders; the first is the reference.");
        var radii = LogOptions.Radii();
        var folder = LogOptions.Out("Write compare.png, compare.svg, compare.md and compare.csv there.");
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv, OutputFormat.Md);
        var command = new Command(
            "compare",
            "Set runs side by side: differences of their specifications, curves, and deltas image by image."
        )
        {
            paths,
            radii,
            folder,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var sources = await RunCatalogue.OpenAsync(
                    [.. parsed.GetRequiredValue(paths).Select(terminal.Resolve)],
                    cancellation
                );
                await LogOptions.TellDamageAsync(terminal, sources);
                var groups = RunMatching.Groups(sources);
                foreach (var lonely in groups.Unmatched)
                {
                    await terminal.Error.WriteLineAsync($"note: nothing to compare {lonely} with");
                }

                if (groups.Matched.Count == 0)
                {
                    throw new UserErrorException(
                        "There is nothing to compare: give at least two logs or results folders that share a data set, noise and sigma. Radii of different norms do not compare."
                    );
                }

                var comparisons = groups
                    .Matched.Select(g => RunComparison.Of(g, parsed.GetValue(radii) ?? []))
                    .ToList();
                if (parsed.GetValue(folder) is { } directory)
                {
                    var target = terminal.Resolve(directory);
                    await ComparisonFolder.WriteAsync(target, comparisons, cancellation);
                    await terminal.Error.WriteLineAsync($"written to {target}");
                }

                terminal.Out.Write(Text(comparisons, parsed.GetValue(output)));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static string Text(IReadOnlyList<RunComparison> comparisons, OutputFormat format) =>
        format switch
        {
            OutputFormat.Json => ComparisonText.Json(comparisons),
            OutputFormat.Csv => ComparisonText.Csv(comparisons),
            OutputFormat.Md => string.Join("\n", comparisons.Select(ComparisonText.Markdown)),
            _ => string.Join("\n", comparisons.Select(ComparisonText.Grid)),
        };
}
