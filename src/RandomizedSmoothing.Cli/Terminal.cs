using System.Runtime.InteropServices;
using RandomizedSmoothing.Cli.Operations;
using Spectre.Console;

namespace RandomizedSmoothing.Cli;

/// <summary>
/// What a command knows of the world: results go to <see cref="Out"/>, progress and messages to <see cref="Error"/>. Tests pass
/// their own writers.
/// </summary>
public sealed record Terminal
{
    private const int StandardColumns = 80;

    /// <summary>Standard output: results only, so that it can be piped.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error: progress, warnings, errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, for lines that are piped in.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>The keyboard; null where input is piped in.</summary>
    public IKeyboard? Keyboard { get; init; }

    /// <summary>Whether <see cref="Error"/> is a screen that can be redrawn.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether <see cref="Out"/> is a screen.</summary>
    public bool IsOutputInteractive { get; init; }

    /// <summary>Columns of the screen, now.</summary>
    public Func<int> Columns { get; init; } = () => StandardColumns;

    /// <summary>Clock of all waits and stamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Folder that relative paths of the command line start from.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The process's own console.</summary>
    public static Terminal FromConsole() =>
        new()
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            Keyboard = Console.IsInputRedirected ? null : new ConsoleKeyboard(),
            IsInteractive = !Console.IsErrorRedirected && System.Environment.GetEnvironmentVariable("TERM") != "dumb",
            IsOutputInteractive = !Console.IsOutputRedirected,
            Columns = () => Console.WindowWidth is > 0 and var width ? width : StandardColumns,
        };

    /// <summary>A console for live screens and colour on standard error; plain where it is no screen or NO_COLOR is set.</summary>
    public IAnsiConsole CreateErrorConsole()
    {
        var noColor = !string.IsNullOrEmpty(Environment("NO_COLOR"));
        return AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Error),
                Ansi = IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = IsInteractive && !noColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = IsInteractive ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
    }

    /// <summary>An absolute path for one given on the command line.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <summary>Name and version of the operating system, for manifests.</summary>
    public static string OperatingSystem => RuntimeInformation.OSDescription;
}
