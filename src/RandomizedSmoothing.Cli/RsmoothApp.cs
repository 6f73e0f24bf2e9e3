using System.CommandLine;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli;

/// <summary>Parses a command line, runs its command and turns every failure into one paragraph and an exit code.</summary>
public static class RsmoothApp
{
    /// <summary>Runs <c>rsmooth</c> with these arguments.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> arguments,
        Terminal terminal,
        CancellationToken cancellation = default
    )
    {
        // A word may begin with '@', as in --cell @0.25: none stands for a file with more words.
        var words = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var parsed = RootCommandFactory.Create(terminal).Parse(arguments, words);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync($"error: {error.Message}");
            }

            var path = string.Join(' ', CommandPath(parsed.CommandResult));
            await terminal.Error.WriteLineAsync($"'{path} --help' lists what it takes.");
            return ExitCodes.BadInput;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
            };
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (UserErrorException error)
        {
            await terminal.Error.WriteLineAsync($"error: {error.Message}");
            return error.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException error) when (IsBrokenPipe(error))
        {
            return ExitCodes.Done;
        }
        catch (Exception error) when (IsOfFile(error) && string.IsNullOrEmpty(terminal.Environment("RSMOOTH_DEBUG")))
        {
            await terminal.Error.WriteLineAsync(
                $"error: {error.Message.TrimEnd('.')}. Check the path, its permissions and the free space there."
            );
            return ExitCodes.Error;
        }
        catch (Exception error) when (string.IsNullOrEmpty(terminal.Environment("RSMOOTH_DEBUG")))
        {
            await terminal.Error.WriteLineAsync(
                $"error: {error.GetType().Name}: {error.Message} This is a defect of rsmooth; RSMOOTH_DEBUG=1 shows where it arose."
            );
            return ExitCodes.Error;
        }
    }

    // What a file system refuses, and names; a part of the program that is missing comes as the same kind of exception.
    private static bool IsOfFile(Exception error) =>
        error switch
        {
            FileNotFoundException missing => Path.IsPathRooted(missing.FileName),
            FileLoadException => false,
            IOException or UnauthorizedAccessException => error.Message.Contains('\''),
            _ => false,
        };

    private static bool IsBrokenPipe(IOException error) =>
        error.Message.Contains("Broken pipe", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> CommandPath(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult { Command: var command })
            {
                names.Push(command is RootCommand ? "rsmooth" : command.Name);
            }
        }

        return names;
    }
}
