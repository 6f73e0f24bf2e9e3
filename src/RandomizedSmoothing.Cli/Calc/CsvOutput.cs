using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>
/// Where streamed rows go: standard output, or a file that appears under its name only when it is complete.
/// </summary>
internal static class CsvOutput
{
    /// <summary>Writes through <paramref name="write"/>.</summary>
    /// <param name="terminal">Standard output.</param>
    /// <param name="path">The file, or null for standard output.</param>
    /// <param name="write">Writes all rows.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static async Task WriteAsync(Terminal terminal, string? path, Func<TextWriter, Task> write)
    {
        if (path is null)
        {
            await write(terminal.Out);
            await terminal.Out.FlushAsync();
            return;
        }

        var whole = terminal.Resolve(path);
        var aside = whole + ".partial";
        try
        {
            await using (var writer = new StreamWriter(aside) { NewLine = "\n" })
            {
                await write(writer);
            }

            File.Move(aside, whole, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The output file {whole} cannot be written: {error.Message} Choose a folder that exists, is writable and has space.",
                error
            );
        }
        finally
        {
            Discard(aside);
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is left aside is named .partial and replaced by the next run.
        }
    }
}
