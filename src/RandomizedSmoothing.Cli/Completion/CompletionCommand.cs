using System.CommandLine;

namespace RandomizedSmoothing.Cli.Completion;

/// <summary><c>rsmooth completion SHELL</c>: prints the script that lets a shell complete verbs, options and their values.</summary>
public static class CompletionCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = $"One of {string.Join(", ", ShellScripts.Shells)}." };
        shell.AcceptOnlyFromAmong([.. ShellScripts.Shells]);
        var command = new Command(
            "completion",
            "Print the completion script of a shell, for example: source <(rsmooth completion bash)."
        )
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            terminal.Out.Write(ShellScripts.For(parsed.GetValue(shell)!));
            return ExitCodes.Done;
        });
        return command;
    }
}
