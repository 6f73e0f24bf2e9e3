using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>The arguments that <c>run</c> and <c>plan</c> share, and the sweep they describe.</summary>
internal sealed class SweepArguments
{
    private readonly Argument<string> _file = new("FILE") { Description = "The sweep file." };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The results folder; default: results/NAME in the current folder.",
        HelpName = "DIR",
    };
    private readonly Option<int?> _workers = NumberOptions.Whole(
        "--workers",
        "Devices on the processor, one thread each (default: every GPU, else one per two cores)",
        1,
        DeviceSelection.MostCpus
    );
    private readonly Option<string?> _devices = new("--devices")
    {
        Description = $"The devices: {DeviceSelection.Forms}.",
        HelpName = "LIST",
    };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Overrides one value of the sweep file, as certify.n=1000; may be repeated.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_out);
        command.Add(_workers);
        command.Add(_devices);
        command.Add(_set);
    }

    /// <summary>Reads the sweep file; its warnings go to standard error.</summary>
    /// <exception cref="UserErrorException">The file cannot be read or is wrong: every problem is listed.</exception>
    public (SweepSpec Spec, string Text, LocalSweepOptions Options) Read(ParseResult parsed, Terminal terminal)
    {
        var path = terminal.Resolve(parsed.GetRequiredValue(_file));
        var text = ReadText(path);
        var overrides = parsed.GetValue(_set) ?? [];
        var result = SweepFile.Parse(text, path, overrides, ProductVocabulary.Current);
        if (!result.IsValid)
        {
            throw new UserErrorException(result.Describe());
        }

        if (result.Problems.Count > 0)
        {
            terminal.Error.WriteLine(result.Describe());
        }

        var folder = parsed.GetValue(_out) ?? Path.Combine("results", SweepIds.For(result.Spec.Name).Value);
        var options = new LocalSweepOptions
        {
            Directory = terminal.Resolve(folder),
            Devices = DevicesOf(parsed),
            Command = "rsmooth " + string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value))),
            Warn = terminal.Error.WriteLine,
        };
        return (result.Spec, text, options);
    }

    private string DevicesOf(ParseResult parsed)
    {
        var workers = parsed.GetValue(_workers);
        var devices = parsed.GetValue(_devices);
        if (workers is not null && devices is not null)
        {
            throw new UserErrorException(
                $"--workers {workers} and --devices {devices} both choose the devices; give one of them."
            );
        }

        return devices ?? (workers is { } count ? $"cpu:{count}" : "auto");
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The sweep file '{path}' cannot be read: {error.Message} 'rsmooth init' writes one to start from.",
                error
            );
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(" \t\"'\\$*?[]{}()<>|&;") < 0
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
