using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Reporting.AccuracyLoss;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>Writes a figure beside its numbers: NAME.png, NAME.svg and NAME.csv in one folder.</summary>
internal static class TheoryFigure
{
    /// <summary>Each file is written aside and renamed, so that none is ever half there.</summary>
    public static void Write(Terminal terminal, string folder, string name, LossFigure figure, RowTable rows)
    {
        var place = terminal.Resolve(folder);
        Directory.CreateDirectory(place);
        Aside(Path.Combine(place, name + ".png"), path => File.WriteAllBytes(path, LossPlots.Png(figure)));
        Aside(Path.Combine(place, name + ".svg"), path => File.WriteAllText(path, LossPlots.Svg(figure)));
        Aside(
            Path.Combine(place, name + ".csv"),
            path =>
            {
                using var writer = new StreamWriter(path) { NewLine = "\n" };
                rows.Write(writer, OutputFormat.Csv);
            }
        );
        terminal.Error.WriteLine($"wrote {Path.Combine(place, name)}.png, .svg and .csv");
    }

    private static void Aside(string path, Action<string> write)
    {
        var temporary = path + ".writing";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}
