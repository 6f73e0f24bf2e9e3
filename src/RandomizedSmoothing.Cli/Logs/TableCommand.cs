using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Runs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary><c>rsmooth table PATH…</c>: certified accuracy of logs and results, as the field prints it.</summary>
internal static class TableCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = LogOptions.Paths("Certification logs, results folders, or folders that are searched for logs.");
        var radii = LogOptions.Radii();
        var decimals = new Option<int>("--decimals")
        {
            Description = "Digits after the point in text forms.",
            HelpName = "D",
            DefaultValueFactory = _ => 2,
        };
        var summary = new Option<bool>("--summary")
        {
            Description = "Add abstentions, wrong certificates, ACR and the number of images.",
        };
        var output = OutputOption.Create();
        var command = new Command("table", "Print certified accuracy at chosen radii, the best of each column marked.")
        {
            paths,
            radii,
            decimals,
            summary,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var digits = parsed.GetValue(decimals);
                if (digits is < 0 or > 10)
                {
                    throw new UserErrorException($"--decimals {digits}: give a number from 0 to 10.");
                }

                var sources = await RunCatalogue.OpenAsync(
                    [.. parsed.GetRequiredValue(paths).Select(terminal.Resolve)],
                    cancellation
                );
                var runs = sources.SelectMany(s => s.Runs).Where(r => r.Rows.Count > 0).ToList();
                if (runs.Count == 0)
                {
                    throw new UserErrorException("None of the logs has a row: there is nothing to print.");
                }

                var table = RunTable.Of(runs, parsed.GetValue(radii) ?? [], digits) with
                {
                    ShowSummary = parsed.GetValue(summary),
                };
                terminal.Out.Write(TableOutput.Text(table, parsed.GetValue(output)));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
