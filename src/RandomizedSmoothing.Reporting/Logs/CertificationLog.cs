namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>What a log records.</summary>
public enum LogKind
{
    /// <summary>CERTIFY: a class or abstention, and a radius.</summary>
    Certify,

    /// <summary>PREDICT: a class or abstention, no radius.</summary>
    Predict,
}

/// <summary>One row of a log.</summary>
/// <param name="Index">Index of the image in its split.</param>
/// <param name="Label">Its label.</param>
/// <param name="Predicted">The class of the smoothed classifier, or <see cref="Abstain"/>.</param>
/// <param name="Radius">Certified radius, in the norm of the noise, ≥ 0; 0 where abstained or not recorded.</param>
/// <param name="Correct">Whether the class is the label.</param>
/// <param name="Time">Time spent on the image.</param>
public sealed record LogRow(int Index, int Label, int Predicted, double Radius, bool Correct, TimeSpan Time)
{
    /// <summary>The value of <see cref="Predicted"/> that means abstention.</summary>
    public const int Abstain = -1;

    /// <summary>
    /// What logs of this program have in the column predict of an image that the plan left out. It is no abstention; the row
    /// stays, not correct and with radius 0, so that shares of all rows are what they should be to any reader.
    /// </summary>
    public const int LeftOut = -2;

    /// <summary>Whether the plan left the image out: neither a class nor an abstention.</summary>
    public bool NotEstimated { get; init; }

    /// <summary>Whether the classifier abstained.</summary>
    public bool Abstained => Predicted == Abstain && !NotEstimated;

    /// <summary>Whether a class is claimed that is not the label.</summary>
    public bool Wrong => Predicted != Abstain && !Correct;
}

/// <summary>How a log's radii are printed: the precision to which each is known.</summary>
/// <param name="Digits">Significant digits (general form) or digits after the point (fixed form).</param>
/// <param name="IsFixed">Whether every radius has the same number of digits after the point.</param>
public readonly record struct RadiusDigits(int Digits, bool IsFixed)
{
    /// <summary>Three significant digits, as the published code prints.</summary>
    public static RadiusDigits Published { get; } = new(3, false);

    /// <summary>The distance between neighbouring printable numbers at <paramref name="radius"/>.</summary>
    public double Unit(double radius)
    {
        if (IsFixed)
        {
            return Math.Pow(10, -Digits);
        }

        // General form: 10^(e − digits + 1), e the exponent of the first digit; zero is exact.
        return radius > 0 ? Math.Pow(10, Math.Floor(Math.Log10(radius) + 1e-12) - Digits + 1) : 0;
    }

    /// <inheritdoc />
    public override string ToString() => IsFixed ? $"{Digits} decimals" : $"{Digits} significant digits";
}

/// <summary>Something a reader noticed in a log.</summary>
/// <param name="Line">One-based line number; 0 for the file as a whole.</param>
/// <param name="Text">One sentence.</param>
public sealed record LogDiagnosis(int Line, string Text)
{
    /// <inheritdoc />
    public override string ToString() => Line > 0 ? $"line {Line}: {Text}" : Text;
}

/// <summary>A certification log as read.</summary>
public sealed record CertificationLog
{
    /// <summary>Where it came from; used in messages and to guess what it describes.</summary>
    public required string Path { get; init; }

    /// <summary>Certify or predict.</summary>
    public LogKind Kind { get; init; } = LogKind.Certify;

    /// <summary>The rows, in file order.</summary>
    public required IReadOnlyList<LogRow> Rows { get; init; }

    /// <summary>Precision of the radii.</summary>
    public RadiusDigits RadiusDigits { get; init; } = RadiusDigits.Published;

    /// <summary>Whether the file ends in the middle of a row.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Text after the table.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What is wrong with the file, in line order; rows that could not be read are left out and named here.</summary>
    public IReadOnlyList<LogDiagnosis> Diagnoses { get; init; } = [];

    /// <summary>Sentences for people who asked for something else than what is wrong with the file: the first few, and how many more.</summary>
    public IEnumerable<string> DamageInShort()
    {
        const int Shown = 3;
        foreach (var diagnosis in Diagnoses.Take(Shown))
        {
            yield return $"{Path}: {diagnosis}";
        }

        if (Diagnoses.Count > Shown)
        {
            yield return $"{Path}: and {Diagnoses.Count - Shown} more; 'rsmooth audit' lists them";
        }
    }

    /// <summary>What is known of the run from elsewhere; null where only the path can tell.</summary>
    public LogSpecification? Known { get; init; }

    /// <summary>What is known of the run.</summary>
    public LogSpecification Specification => Known ?? LogSpecification.FromPath(Path);
}
