using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Local;

namespace RandomizedSmoothing.Cli.Run;

/// <summary><c>rsmooth plan FILE</c>: what a sweep would do and cost, and what it would reuse; runs and creates nothing.</summary>
public static class PlanCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var arguments = new SweepArguments();
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv, OutputFormat.Md);
        var quick = new Option<bool>("--no-calibration")
        {
            Description = "Leaves the duration out instead of timing a few batches.",
        };
        var tune = new Option<bool>("--tune")
        {
            Description =
                "Times every model under other batch sizes and precisions (execution.batchSize, execution.precision).",
        };
        var command = new Command("plan", "Says what a sweep would draw, reuse and take; creates nothing.");
        arguments.AddTo(command);
        var blind = PreflightText.Flag();
        command.Add(quick);
        command.Add(tune);
        command.Add(blind);
        command.Add(output);
        command.SetAction(
            (parsed, cancellation) =>
                PlanAsync(
                    parsed,
                    arguments,
                    parsed.GetValue(output),
                    !parsed.GetValue(quick),
                    parsed.GetValue(tune),
                    !parsed.GetValue(blind),
                    terminal,
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> PlanAsync(
        ParseResult parsed,
        SweepArguments arguments,
        OutputFormat format,
        bool calibrate,
        bool tune,
        bool look,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var (spec, text, options) = arguments.Read(parsed, terminal);
        await using var sweep = LocalSweep.Open(
            spec,
            text,
            options,
            terminal.Time,
            new DownloadDisplay(terminal),
            logging: null,
            cancellation
        );
        var history = await sweep.ReadHistoryAsync(cancellation);
        if (tune)
        {
            Tuning.Measure(sweep, history.Definition, terminal.Time).Write(terminal.Out, format);
            return ExitCodes.Done;
        }

        Func<CellDefinition, double>? secondsPerDraw = calibrate
            ? Calibration.Of(sweep, history.Definition, terminal.Time)
            : null;
        var estimate = SweepEstimate.Of(history.Definition, history.Reuse, secondsPerDraw);
        var preflight = look ? sweep.Preflight(history, cancellation) : null;
        if (format == OutputFormat.Json)
        {
            var json = PlanText.Json(history, estimate, sweep.Devices);
            json["preflight"] = preflight is null ? null : PreflightText.Json(preflight);
            await terminal.Out.WriteLineAsync(json.ToJsonString(JsonText.Indented));
            return ExitCodes.Done;
        }

        PlanText.Cells(history).Write(terminal.Out, format);
        if (format == OutputFormat.Table)
        {
            await terminal.Out.WriteLineAsync();
            await terminal.Out.WriteLineAsync(PlanText.Summary(history, estimate, sweep.Devices));
        }

        if (preflight is not null)
        {
            await PreflightText.WriteAsync(terminal.Error, preflight);
        }

        return ExitCodes.Done;
    }
}
