namespace RandomizedSmoothing.Cli.Tests;

/// <summary>Runs a command line inside the test process and keeps what it printed.</summary>
internal static class RsmoothRunner
{
    public static async Task<Finished> RunAsync(params string[] arguments) =>
        await RunInAsync(Directory.GetCurrentDirectory(), arguments);

    public static async Task<Finished> RunInAsync(string folder, params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            WorkingDirectory = folder,
        };
        var exitCode = await RsmoothApp.InvokeAsync(arguments, terminal);
        return new Finished(exitCode, output.ToString(), error.ToString());
    }

    public sealed record Finished(int ExitCode, string Output, string Error);
}
