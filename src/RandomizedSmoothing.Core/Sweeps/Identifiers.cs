using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Names one sweep: 1 to 80 of the characters <c>a–z A–Z 0–9 . _ -</c>, starting with a letter or digit.</summary>
public readonly partial record struct SweepId
{
    /// <summary>Takes the text of an id.</summary>
    /// <exception cref="ArgumentException">The text breaks the rule of the type.</exception>
    public SweepId(string value)
    {
        if (!IsValid(value))
        {
            throw new ArgumentException(
                $"'{value}' is no sweep id: use 1 to 80 letters, digits, '.', '_' or '-', starting with a letter or digit."
            );
        }

        Value = value;
    }

    /// <summary>The text of the id.</summary>
    public string Value { get; }

    /// <summary>Whether <paramref name="value"/> keeps the rule of the type.</summary>
    public static bool IsValid(string? value) => value is not null && Pattern().IsMatch(value);

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    private static partial Regex Pattern();
}

/// <summary>Names one cell of a sweep's grid: <c>dataset/model@trainSigma/noise/sigma</c>, the <c>@…</c> only where trained.</summary>
/// <param name="Value">The text of the id, unique within a sweep.</param>
public readonly record struct CellId(string Value)
{
    /// <summary>The id as a file name: slashes become <c>__</c>.</summary>
    public string FileName => Value.Replace("/", "__", StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>Names one unit of sampling work: cell and the range of its image ordinals.</summary>
public readonly record struct ShardId(SweepId Sweep, CellId Cell, int First, int Count)
{
    /// <inheritdoc />
    public override string ToString() => $"{Sweep}:{Cell}[{First}..{First + Count})";
}

/// <summary>
/// A lower-case hexadecimal SHA-256 digest of content: a data set, a model file, a training recipe or the inputs that
/// determine a cell's votes.
/// </summary>
public readonly record struct ContentHash(string Hex)
{
    /// <summary>The first 12 digits, for people.</summary>
    public string Short => Hex.Length <= 12 ? Hex : Hex[..12];

    /// <inheritdoc />
    public override string ToString() => Hex;
}
