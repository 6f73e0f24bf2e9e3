using System.CommandLine;
using RandomizedSmoothing.Cli.Logs;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Cli.Results;

/// <summary><c>rsmooth recertify DIR --set certify.alpha=…</c>: new certificates from stored votes, without model or data.</summary>
internal static class RecertifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A results folder." };
        var settings = new Option<string[]>("--set")
        {
            Description =
                "What to change: certify.alpha=A, certify.certificate=top-class|two-class, certify.familyWise=none|bonferroni, report.radii=[…]; may be repeated.",
            HelpName = "KEY=VALUE",
        };
        var target = LogOptions.Out("Folder of the new results; DIR-recertified when left out.");
        var output = OutputOption.Create();
        var command = new Command(
            "recertify",
            "Certify stored votes again under another alpha, certificate or correction."
        )
        {
            folder,
            settings,
            target,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var source = terminal.Resolve(parsed.GetRequiredValue(folder));
                var results = await ResultsReader.ReadAsync(source, cancellation);
                var again = Recertification.Apply(results, parsed.GetValue(settings) ?? []);
                var directory = parsed.GetValue(target) is { } given
                    ? terminal.Resolve(given)
                    : Path.TrimEndingDirectorySeparator(source) + "-recertified";
                var written = await ResultsFolder.WriteAsync(directory, again, cancellation: cancellation);
                terminal.Out.Write(TableOutput.Text(written.Table, parsed.GetValue(output)));
                await terminal.Error.WriteLineAsync($"written to {directory}");
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
