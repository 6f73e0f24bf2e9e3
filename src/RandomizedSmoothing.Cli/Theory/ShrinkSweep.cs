using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Reporting.AccuracyLoss;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>One region over noise levels: the size that is kept and the share that is lost.</summary>
internal static class ShrinkSweep
{
    private const int Levels = 60;

    /// <param name="terminal">Where rows and messages go.</param>
    /// <param name="noise">The options of the command.</param>
    /// <param name="parsed">Their values.</param>
    /// <param name="column">Name of the size, as in the JSON form.</param>
    /// <param name="vanishing">The standard deviation at which the region vanishes; the sweep ends a little beyond.</param>
    /// <param name="at">Size and own loss at a standard deviation.</param>
    public static void Write(
        Terminal terminal,
        NoiseOptions noise,
        ParseResult parsed,
        string column,
        double vanishing,
        Func<double, (double Size, double Loss)> at
    )
    {
        var rows = new RowTable("sigma", column, "own_loss");
        var sigmas = Enumerable.Range(1, Levels).Select(i => vanishing * 1.1 * i / Levels).ToArray();
        var values = sigmas.Select(at).ToArray();
        for (var i = 0; i < Levels; i++)
        {
            rows.Add(sigmas[i], values[i].Size, values[i].Loss);
        }

        LossSeries Series(Func<(double Size, double Loss), double> value) =>
            new("", sigmas, [.. values.Select(value)]) { Shape = LineShape.Plain };
        var label = $"σ ({noise.Family(parsed)} noise, per coordinate)";
        var figure = new LossFigure([
            new LossPanel(label, column.Replace('_', ' '), [Series(v => v.Size)]) { Marks = [vanishing] },
            new LossPanel(label, "share of the region lost", [Series(v => v.Loss)]) { Marks = [vanishing], Top = 1 },
        ]);
        TheoryFigure.Write(terminal, parsed.GetValue(noise.Out)!, "shrink", figure, rows);
        rows.Write(terminal.Out, parsed.GetValue(noise.Format));
    }
}
