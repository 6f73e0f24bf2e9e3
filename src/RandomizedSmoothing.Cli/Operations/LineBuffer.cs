namespace RandomizedSmoothing.Cli.Operations;

/// <summary>A line of text that is being written, with a cursor between its characters.</summary>
internal sealed class LineBuffer
{
    /// <summary>The line.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    /// <summary>The text before the cursor.</summary>
    public string Before => Text[..Cursor];

    /// <summary>Replaces the line; the cursor goes to its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Writes at the cursor.</summary>
    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Moves the cursor, at most to the ends.</summary>
    public void MoveTo(int cursor) => Cursor = Math.Clamp(cursor, 0, Text.Length);

    /// <summary>Deletes from the cursor to a place before or behind it.</summary>
    public void DeleteTo(int place)
    {
        place = Math.Clamp(place, 0, Text.Length);
        var (from, to) = (Math.Min(place, Cursor), Math.Max(place, Cursor));
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    /// <summary>Where the word before the cursor begins.</summary>
    public int WordStart()
    {
        var at = Cursor;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        return at;
    }
}
