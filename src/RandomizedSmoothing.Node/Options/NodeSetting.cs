namespace RandomizedSmoothing.Node.Options;

/// <summary>
/// One setting of a node as a person meets it. Its name gives all three ways to write it: <c>public-host</c> is the flag
/// <c>--public-host</c>, the variable <c>RSMOOTH_PUBLIC_HOST</c> and the key <c>rsmooth.public-host</c> of a settings file.
/// </summary>
public sealed record NodeSetting
{
    /// <summary>Lower case, words joined by hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>The form of a value, as <c>HOST:PORT</c>.</summary>
    public required string Form { get; init; }

    /// <summary>What holds when nobody says otherwise, in words or as a value.</summary>
    public required string Default { get; init; }

    /// <summary>Unit of a number, or a dash.</summary>
    public string Unit { get; init; } = "–";

    /// <summary>What it decides, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>When to change it, in one sentence.</summary>
    public required string WhenToChange { get; init; }

    /// <summary>Whether it takes several values: the flag repeated, or one text separated by commas.</summary>
    public bool Repeatable { get; init; }

    /// <summary>The command-line flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The environment variable.</summary>
    public string Variable => "RSMOOTH_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The key in a settings file.</summary>
    public string Key => "rsmooth." + Name;
}
