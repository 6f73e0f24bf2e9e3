using System.CommandLine;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Cli.Run;

/// <summary><c>rsmooth run FILE</c>: a sweep in one process, from the file to the report.</summary>
public static class RunCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var arguments = new SweepArguments();
        var command = new Command(
            "run",
            "Runs a sweep in one process and leaves a results folder; run again, it goes on where it stopped."
        );
        arguments.AddTo(command);
        var blind = PreflightText.Flag();
        command.Add(blind);
        command.SetAction(
            (parsed, cancellation) => RunAsync(parsed, arguments, !parsed.GetValue(blind), terminal, cancellation)
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        SweepArguments arguments,
        bool preflight,
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
        if (preflight)
        {
            var history = await sweep.ReadHistoryAsync(cancellation);
            await PreflightText.WriteAsync(terminal.Error, sweep.Preflight(history, cancellation));
        }

        await ReuseText.WriteAsync(terminal.Error, await sweep.StartAsync(cancellation));
        var last = await sweep.GetProgressAsync(cancellation);
        try
        {
            last = await new ProgressDisplay(terminal).FollowAsync(sweep.GetProgressAsync, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return await InterruptedAsync(sweep, terminal, options);
        }

        await sweep.StopAsync();
        if (last.State is SweepState.Failed or SweepState.Cancelled)
        {
            throw new UserErrorException(
                last.Reason ?? $"The sweep {last.Sweep} was {last.State.ToString().ToLowerInvariant()}."
            );
        }

        var written = await sweep.WriteResultsAsync(last.State, last.Warnings, cancellation);
        await ShowAsync(terminal, written, options);
        if (last.State != SweepState.CompletedWithGaps)
        {
            return ExitCodes.Done;
        }

        foreach (var warning in last.Warnings)
        {
            await terminal.Error.WriteLineAsync($"gap: {warning}");
        }

        return ExitCodes.FinishedWithGaps;
    }

    private static async Task<int> InterruptedAsync(LocalSweep sweep, Terminal terminal, LocalSweepOptions options)
    {
        var progress = await sweep.GetProgressAsync(CancellationToken.None);
        await sweep.StopAsync();
        var written = await sweep.WriteResultsAsync(SweepState.Running, progress.Warnings, CancellationToken.None);
        await terminal.Error.WriteLineAsync(
            $"Stopped with {written.Images} of {progress.Images} images done; the results so far are in {options.Directory}. "
                + "To go on, run the same command again."
        );
        return ExitCodes.Interrupted;
    }

    private static async Task ShowAsync(Terminal terminal, WrittenResults written, LocalSweepOptions options)
    {
        await terminal.Out.WriteLineAsync(TableText.Grid(written.Table));
        foreach (var warning in written.Warnings)
        {
            await terminal.Error.WriteLineAsync($"warning: {warning}");
        }

        await terminal.Error.WriteLineAsync($"Report: {Path.Combine(options.Directory, "report.html")}");
    }
}
