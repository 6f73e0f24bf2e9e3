using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
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
        var decimals = NumberOptions.Whole("--decimals", "Digits after the point in text forms", 0, 10, 2);
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
                var sources = await RunCatalogue.OpenAsync(
                    [.. parsed.GetRequiredValue(paths).Select(terminal.Resolve)],
                    cancellation
                );
                await LogOptions.TellDamageAsync(terminal, sources);
                var runs = sources.SelectMany(s => s.Runs).Where(r => r.Rows.Count > 0).ToList();
                if (runs.Count == 0)
                {
                    throw new UserErrorException("None of the logs has a row: there is nothing to print.");
                }

                var table = RunTable.Of(runs, parsed.GetValue(radii) ?? [], parsed.GetValue(decimals)) with
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
