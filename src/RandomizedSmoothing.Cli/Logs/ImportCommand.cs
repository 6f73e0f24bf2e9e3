using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary><c>rsmooth import LOG…</c>: reads logs in any dialect and leaves them in the canonical one, with what is known of them.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = LogOptions.Paths("Certification logs, or folders that are searched for them.");
        var folder = new Option<string>("--out")
        {
            Description = "Folder of the imported logs.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "imported",
        };
        var facts = new FactOptions();
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv, OutputFormat.Md);
        var command = new Command(
            "import",
            "Read published certification logs into a folder that table and compare take."
        )
        {
            paths,
            folder,
            output,
        };
        facts.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var logs = RunCatalogue
                    .Logs(parsed.GetRequiredValue(paths).Select(terminal.Resolve))
                    .Select(log => log with { Known = facts.Complete(log.Specification, parsed) })
                    .ToList();
                var predictions = logs.Where(l => l.Kind == LogKind.Predict).ToList();
                foreach (var log in predictions)
                {
                    await terminal.Error.WriteLineAsync(
                        $"note: '{log.Path}' is a prediction log without radii: left out"
                    );
                }

                logs.RemoveAll(l => l.Kind == LogKind.Predict);
                if (logs.Count == 0)
                {
                    throw new UserErrorException(
                        "There is no certification log among the files: only logs with radii can be imported."
                    );
                }

                var target = terminal.Resolve(parsed.GetRequiredValue(folder));
                var imported = await ImportFolder.WriteAsync(target, logs, cancellation);
                var table = new RowTable(
                    "source",
                    "rows",
                    "dataset",
                    "model",
                    "train_sigma",
                    "sigma",
                    "n",
                    "alpha",
                    "certificates"
                );
                foreach (var log in imported)
                {
                    var known = log.Specification;
                    table.Add(
                        log.Source,
                        log.Rows,
                        known.Dataset,
                        known.Model,
                        known.TrainSigma,
                        known.Sigma,
                        known.Draws,
                        known.Alpha,
                        log.Certificates
                    );
                    foreach (var warning in log.Warnings)
                    {
                        await terminal.Error.WriteLineAsync($"note: {log.Source}: {warning}");
                    }
                }

                table.Write(terminal.Out, parsed.GetValue(output));
                await terminal.Error.WriteLineAsync($"{imported.Count} logs imported to {target}");
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
