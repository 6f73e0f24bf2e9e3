namespace RandomizedSmoothing.Cli.Operations;

/// <summary>
/// Reads lines key by key: arrows, Home, End, history with Up and Down, completion with Tab, Ctrl-A E K U W L as in shells.
/// Ctrl-C drops the line, Ctrl-D on an empty one ends the session.
/// </summary>
internal sealed class LineEditor(
    IKeyboard keyboard,
    TextWriter screen,
    LineHistory history,
    Func<string, CancellationToken, Task<Completions>> complete
)
{
    private const string EraseLine = "\r\u001b[K";
    private const string ClearScreen = "\u001b[H\u001b[2J";

    /// <summary>The next line, or null at the end of the session.</summary>
    public async Task<string?> ReadAsync(string prompt, CancellationToken cancellation)
    {
        var line = new LineBuffer();
        Draw(prompt, line);
        while (true)
        {
            var key = await keyboard.ReadAsync(cancellation);
            if (key.Key == ConsoleKey.Enter)
            {
                screen.WriteLine();
                return line.Text;
            }

            if (IsControl(key, ConsoleKey.D) && line.Text.Length == 0)
            {
                screen.WriteLine();
                return null;
            }

            if (IsControl(key, ConsoleKey.C))
            {
                screen.WriteLine("^C");
                line.Set("");
            }
            else if (key.Key == ConsoleKey.Tab)
            {
                await CompleteAsync(line, cancellation);
            }
            else
            {
                Apply(key, line);
            }

            Draw(prompt, line);
        }
    }

    private void Apply(ConsoleKeyInfo key, LineBuffer line)
    {
        switch (key)
        {
            case { Key: ConsoleKey.LeftArrow } or { Key: ConsoleKey.B, Modifiers: ConsoleModifiers.Control }:
                line.MoveTo(line.Cursor - 1);
                break;
            case { Key: ConsoleKey.RightArrow } or { Key: ConsoleKey.F, Modifiers: ConsoleModifiers.Control }:
                line.MoveTo(line.Cursor + 1);
                break;
            case { Key: ConsoleKey.Home } or { Key: ConsoleKey.A, Modifiers: ConsoleModifiers.Control }:
                line.MoveTo(0);
                break;
            case { Key: ConsoleKey.End } or { Key: ConsoleKey.E, Modifiers: ConsoleModifiers.Control }:
                line.MoveTo(line.Text.Length);
                break;
            case { Key: ConsoleKey.Backspace }:
                line.DeleteTo(line.Cursor - 1);
                break;
            case { Key: ConsoleKey.Delete } or { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }:
                line.DeleteTo(line.Cursor + 1);
                break;
            case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control } or { Key: ConsoleKey.Escape }:
                line.DeleteTo(0);
                break;
            case { Key: ConsoleKey.K, Modifiers: ConsoleModifiers.Control }:
                line.DeleteTo(line.Text.Length);
                break;
            case { Key: ConsoleKey.W, Modifiers: ConsoleModifiers.Control }:
                line.DeleteTo(line.WordStart());
                break;
            case { Key: ConsoleKey.L, Modifiers: ConsoleModifiers.Control }:
                screen.Write(ClearScreen);
                break;
            case { Key: ConsoleKey.UpArrow } or { Key: ConsoleKey.P, Modifiers: ConsoleModifiers.Control }:
                line.Set(history.Back(line.Text));
                break;
            case { Key: ConsoleKey.DownArrow } or { Key: ConsoleKey.N, Modifiers: ConsoleModifiers.Control }:
                line.Set(history.Forward(line.Text));
                break;
            case { KeyChar: var c } when !char.IsControl(c):
                line.Insert(c.ToString());
                break;
        }
    }

    private async Task CompleteAsync(LineBuffer line, CancellationToken cancellation)
    {
        var completions = await complete(line.Before, cancellation);
        if (completions.Words.Count == 0)
        {
            return;
        }

        var common = Common(completions.Words);
        if (common.Length > completions.Typed.Length || completions.Words.Count == 1)
        {
            line.DeleteTo(line.Cursor - completions.Typed.Length);
            line.Insert(completions.Words.Count == 1 ? $"{common} " : common);
            return;
        }

        screen.WriteLine();
        screen.WriteLine(string.Join("  ", completions.Words));
    }

    private static string Common(IReadOnlyList<string> words)
    {
        var common = words[0];
        foreach (var word in words)
        {
            var length = 0;
            while (length < Math.Min(common.Length, word.Length) && common[length] == word[length])
            {
                length++;
            }

            common = common[..length];
        }

        return common;
    }

    // A line that is longer than the screen scrolls, so that it never wraps.
    private void Draw(string prompt, LineBuffer line)
    {
        var room = Math.Max(8, keyboard.Columns - prompt.Length - 1);
        var from = Math.Max(0, line.Cursor - room);
        var shown = line.Text.Substring(from, Math.Min(room, line.Text.Length - from));
        var back = from + shown.Length - line.Cursor;
        screen.Write($"{EraseLine}{prompt}{shown}{(back > 0 ? FormattableString.Invariant($"\u001b[{back}D") : "")}");
        screen.Flush();
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) =>
        key.Key == letter && key.Modifiers == ConsoleModifiers.Control;
}
