namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// A one-sided bound on a probability, kept together with its complement: near 1 the complement 1 − Value holds the digits that
/// <paramref name="Value"/> cannot. Both are rounded to the safe side of the same bound: for a lower bound the value is rounded
/// down and the complement up, for an upper bound the other way round.
/// </summary>
/// <param name="Value">The bound, in [0, 1].</param>
/// <param name="Complement">One minus the bound, in [0, 1], with its own full precision.</param>
public readonly record struct ProbabilityBound(double Value, double Complement)
{
    /// <summary>Says nothing as a lower bound.</summary>
    public static ProbabilityBound Zero => new(0, 1);

    /// <summary>Certainty: a vote that is exact.</summary>
    public static ProbabilityBound One => new(1, 0);

    /// <summary>A given lower bound; the complement is rounded up.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is NaN or outside [0, 1].</exception>
    public static ProbabilityBound FromLower(double value)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A probability lies in [0, 1].");
        }

        var complement = DoubleDouble.TwoSum(1, -value);
        return new ProbabilityBound(value, complement.RoundUp(0));
    }

    /// <summary>The lower bound less <paramref name="deduction"/> ≥ 0 of probability, rounded down; never below 0.</summary>
    public ProbabilityBound Deduct(double deduction) =>
        deduction == 0
            ? this
            : new ProbabilityBound(
                Math.Max(0, Math.BitDecrement(Value - deduction)),
                Math.Min(1, Math.BitIncrement(Complement + deduction))
            );

    /// <summary>The upper bound plus <paramref name="addition"/> ≥ 0 of probability, rounded up; never above 1.</summary>
    public ProbabilityBound Widen(double addition) =>
        addition == 0
            ? this
            : new ProbabilityBound(
                Math.Min(1, Math.BitIncrement(Value + addition)),
                Math.Max(0, Math.BitDecrement(Complement - addition))
            );
}
