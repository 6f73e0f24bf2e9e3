using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
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
        var sigma = new Option<double?>("--sigma")
        {
            Description = "Noise level of logs whose path does not tell it.",
            HelpName = "S",
        };
        var draws = new Option<long[]>("--n")
        {
            Description = "Try this number of draws too; may be repeated.",
            HelpName = "N",
        };
        var alphas = new Option<double[]>("--alpha")
        {
            Description = "Try this failure probability too; may be repeated.",
            HelpName = "A",
        };
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
            var results = LogAudit.Of(logs, candidates, Positive(parsed.GetValue(sigma), "--sigma"));
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
        foreach (var n in draws)
        {
            if (n is < 1 or > 100_000_000)
            {
                throw new UserErrorException($"--n {n}: a number of draws lies between 1 and 100,000,000.");
            }
        }

        foreach (var alpha in alphas)
        {
            if (!(alpha is > 0 and < 0.5))
            {
                throw new UserErrorException(
                    FormattableString.Invariant(
                        $"--alpha {alpha}: a failure probability lies between 0 and 0.5, as 0.001."
                    )
                );
            }
        }

        var defaults = AuditCandidates.Default;
        return new AuditCandidates
        {
            Draws = [.. defaults.Draws.Union(draws).Order()],
            Alphas = [.. defaults.Alphas.Union(alphas).OrderDescending()],
        };
    }

    private static double? Positive(double? value, string option) =>
        value is null || value > 0 && double.IsFinite(value.Value)
            ? value
            : throw new UserErrorException(
                FormattableString.Invariant($"{option} {value}: a noise level is a positive number, as 0.25.")
            );
}
