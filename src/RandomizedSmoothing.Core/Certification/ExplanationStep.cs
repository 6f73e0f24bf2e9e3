namespace RandomizedSmoothing.Core.Certification;

/// <summary>One line of the arithmetic behind a certificate.</summary>
/// <param name="Name">What is computed, for people: <c>lower bound</c>.</param>
/// <param name="Formula">How: <c>p = L(k, n, α), P(Bin(n, p) ≥ k) = α</c>; empty where the value is given.</param>
/// <param name="Value">The number, or null where the line is a statement.</param>
/// <param name="Text">The number as people read it, or the statement.</param>
public sealed record ExplanationStep(string Name, string Formula, double? Value, string Text)
{
    /// <summary>A line with a number.</summary>
    public static ExplanationStep Number(string name, string formula, double value) =>
        new(name, formula, value, FormattableString.Invariant($"{value}"));

    /// <summary>A line without one.</summary>
    public static ExplanationStep Statement(string name, string formula, string text) => new(name, formula, null, text);
}
