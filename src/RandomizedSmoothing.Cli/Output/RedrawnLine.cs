using System.Text;

namespace RandomizedSmoothing.Cli.Output;

/// <summary>
/// The last line of a screen on standard error, drawn again and again and never longer than the screen is wide: a line that breaks
/// cannot be drawn over.
/// </summary>
/// <param name="terminal">Its screen.</param>
internal sealed class RedrawnLine(Terminal terminal)
{
    private const int MostBar = 30;
    private const int LeastBar = 6;
    private const string Gap = "  ";
    private int _drawn;

    /// <summary>Draws it.</summary>
    /// <param name="name">What it is about; cropped where it alone is too long.</param>
    /// <param name="figures">Figures in the order of their use, of which as many are shown as there is room for.</param>
    /// <param name="fraction">What a bar shows in the room that is left, from 0 to 1.</param>
    public void Draw(string name, IEnumerable<string> figures, double fraction)
    {
        var room = Math.Max(1, terminal.Columns() - 1);
        var line = new StringBuilder(name.Length <= room ? name : name[..(room - 1)] + "…");
        foreach (var figure in figures.TakeWhile(f => line.Length + Gap.Length + f.Length <= room))
        {
            line.Append(Gap).Append(figure);
        }

        var bar = Math.Min(MostBar, room - line.Length - Gap.Length);
        if (bar >= LeastBar)
        {
            var filled = (int)(Math.Clamp(fraction, 0, 1) * bar);
            line.Append(Gap).Append('━', filled).Append('─', bar - filled);
        }

        terminal.Error.Write($"\r{line.ToString().PadRight(Math.Min(_drawn, room))}");
        _drawn = line.Length;
    }

    /// <summary>Puts a line that stays in its place.</summary>
    public void Replace(string text)
    {
        terminal.Error.WriteLine(_drawn > 0 ? $"\r{text.PadRight(_drawn)}" : text);
        _drawn = 0;
    }

    /// <summary>Leaves it as it is.</summary>
    public void End()
    {
        if (_drawn > 0)
        {
            terminal.Error.WriteLine();
            _drawn = 0;
        }
    }
}
