using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary><c>rsmooth audit PATH…</c>: what published logs do not say of themselves.</summary>
internal static class AuditCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = LogOptions.Paths("Certification logs, or folders that are searched for them.");
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);
        var sigma = NumberOptions.Number(
            "--sigma",
            "Noise level of logs whose path does not tell it",
            "greater than 0",
            s => s > 0
        );
        var draws = NumberOptions.Counts("--n", "Try this number of draws too", 1, 100_000_000);
        var alphas = NumberOptions.Numbers(
            "--alpha",
            "Try this failure probability too",
            "greater than 0 and less than ½",
            a => a is > 0 and < 0.5
        );
        var command = new Command(
            "audit",
            "Find out which n and alpha made a certification log, and whether rows are missing."
        )
        {
            paths,
            sigma,
            draws,
            alphas,
            output,
        };
        command.SetAction(parsed =>
        {
            var logs = RunCatalogue.Logs(parsed.GetRequiredValue(paths).Select(terminal.Resolve));
            var candidates = Candidates(parsed.GetValue(draws) ?? [], parsed.GetValue(alphas) ?? []);
            var results = LogAudit.Of(logs, candidates, parsed.GetValue(sigma));
            terminal.Out.Write(
                parsed.GetValue(output) switch
                {
                    OutputFormat.Json => AuditText.Json(results),
                    OutputFormat.Csv => AuditText.Csv(results),
                    _ => AuditText.Grid(results),
                }
            );
            return ExitCodes.Done;
        });
        return command;
    }

    private static AuditCandidates Candidates(long[] draws, double[] alphas)
    {
        var defaults = AuditCandidates.Default;
        return new AuditCandidates
        {
            Draws = [.. defaults.Draws.Union(draws).Order()],
            Alphas = [.. defaults.Alphas.Union(alphas).OrderDescending()],
        };
    }
}
