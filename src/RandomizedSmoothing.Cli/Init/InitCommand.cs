using System.CommandLine;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Init;

/// <summary><c>rsmooth init</c>: writes a commented sweep file to start from.</summary>
public static class InitCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("file")
        {
            Description = "The file to write; '-' prints it.",
            DefaultValueFactory = _ => "sweep.yaml",
        };
        var from = new Option<string>("--from")
        {
            Description = $"The sweep to start from: {string.Join(", ", SweepTemplates.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => SweepTemplates.Names[0],
        };
        from.AcceptOnlyFromAmong([.. SweepTemplates.Names]);
        var force = new Option<bool>("--force") { Description = "Replace a file that exists." };
        var command = new Command("init", "Write a commented sweep file to start from.") { file, from, force };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var template = parsed.GetValue(from)!;
            if (path == "-")
            {
                terminal.Out.Write(SweepTemplates.Render(template, template, "sweep.yaml"));
                return ExitCodes.Done;
            }

            Write(
                terminal,
                path,
                SweepTemplates.Render(template, SweepTemplates.NameFor(path), path),
                parsed.GetValue(force)
            );
            terminal.Error.WriteLine($"Wrote {path}. Next: rsmooth run {path}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, string path, string text, bool force)
    {
        var whole = terminal.Resolve(path);
        if (!force && File.Exists(whole))
        {
            throw new UserErrorException(
                $"{whole} exists already and is left as it is. Give another name, or --force to replace it."
            );
        }

        var aside = whole + ".partial";
        try
        {
            File.WriteAllText(aside, text);
            File.Move(aside, whole, overwrite: force);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"{whole} cannot be written: {error.Message} Choose a folder that exists and is writable.",
                error
            );
        }
    }
}
