namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Where a value was written: a line and column of the file, from 1, or an override.</summary>
internal readonly record struct SourceMark(int Line, int Column, string? Override = null)
{
    public static SourceMark Start => new(1, 1);
}

/// <summary>
/// A value of a YAML document with its place. Immutable: aliases share nodes, so an override rebuilds the way down to what it
/// changes and leaves the other uses of an anchor alone.
/// </summary>
internal abstract class YamlTree(SourceMark mark, long weight)
{
    public SourceMark Mark { get; } = mark;

    /// <summary>The number of nodes once every alias is written out.</summary>
    public long Weight { get; } = weight;

    /// <summary>The value for people.</summary>
    public abstract string Summary { get; }

    /// <summary>What kind of value it is, for people.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, a number, a flag or nothing.</summary>
/// <param name="mark">Where it starts.</param>
/// <param name="text">The text, escapes resolved.</param>
/// <param name="plain">Whether it was written without quotes and so may be a number or null.</param>
internal sealed class YamlScalar(SourceMark mark, string text, bool plain) : YamlTree(mark, 1)
{
    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Summary => Plain ? Text : $"\"{Text}\"";

    public override string Kind => Plain ? "a plain value" : "a quoted text";
}

/// <summary>A list.</summary>
internal sealed class YamlList(SourceMark mark, IReadOnlyList<YamlTree> items)
    : YamlTree(mark, items.Aggregate(1L, (sum, item) => sum + item.Weight))
{
    public IReadOnlyList<YamlTree> Items { get; } = items;

    public override string Summary =>
        Items.Count <= 8 && Items.All(i => i is YamlScalar)
            ? $"[{string.Join(", ", Items.Select(i => i.Summary))}]"
            : $"a list of {Items.Count}";

    public override string Kind => "a list";
}

/// <summary>One <c>key: value</c> of a mapping.</summary>
internal sealed record YamlEntry(string Key, SourceMark KeyMark, YamlTree Value);

/// <summary>A mapping; keys are unique.</summary>
internal sealed class YamlMap(SourceMark mark, IReadOnlyList<YamlEntry> entries)
    : YamlTree(mark, entries.Aggregate(1L, (sum, entry) => sum + entry.Value.Weight))
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Summary =>
        Entries.Count == 0 ? "{}" : $"{{ {string.Join(", ", Entries.Take(4).Select(e => e.Key + ": …"))} }}";

    public override string Kind => "a mapping";

    public YamlEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);

    /// <summary>The mapping with one entry set, or without it when <paramref name="value"/> is null.</summary>
    public YamlMap With(string key, SourceMark keyMark, YamlTree? value)
    {
        var entries = Entries.ToList();
        var index = entries.FindIndex(e => e.Key == key);
        if (value is null)
        {
            entries.RemoveAll(e => e.Key == key);
        }
        else if (index >= 0)
        {
            entries[index] = new YamlEntry(key, keyMark, value);
        }
        else
        {
            entries.Add(new YamlEntry(key, keyMark, value));
        }

        return new YamlMap(Mark, entries);
    }
}
