using System.CommandLine;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary>The API key of verbs that speak to a cluster: from a variable or a file, never from the command line itself.</summary>
public static class ApiKeyOption
{
    private const string Variable = "RSMOOTH_API_KEY";
    private const string FileVariable = "RSMOOTH_API_KEY_FILE";

    /// <summary>Creates the option.</summary>
    public static Option<string?> Create() =>
        new("--api-key-file")
        {
            Description =
                $"File whose first line is your API key. Default: ${FileVariable}, else the key in ${Variable}.",
            HelpName = "FILE",
        };

    /// <summary>The key to show, or null for none.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is empty.</exception>
    public static string? Read(string? file, Terminal terminal)
    {
        if (file is null && terminal.Environment(Variable) is { Length: > 0 } key)
        {
            return Checked(key.Trim(), Variable);
        }

        file ??= terminal.Environment(FileVariable);
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        try
        {
            var line = File.ReadLines(terminal.Resolve(file)).FirstOrDefault()?.Trim();
            return string.IsNullOrEmpty(line)
                ? throw new UserErrorException(
                    $"The first line of the API key file '{file}' is empty; it must be your key."
                )
                : Checked(line, $"the API key file '{file}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The API key file '{file}' cannot be read: {e.Message}", e);
        }
    }

    // What goes into a header is one word of printable characters; anything else is no key, and is not repeated.
    private static string Checked(string key, string origin) =>
        key.All(c => c is > ' ' and < '\u007f')
            ? key
            : throw new UserErrorException(
                $"What {origin} holds is no API key: a key is one word, as 'rsmooth node keys new' prints it."
            );
}
