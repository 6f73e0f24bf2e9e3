using System.Globalization;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// Something that a program decided by numbers, on its way to what it does to tensors. It has to be decided alike for every number
/// of rows, which is more than alike for the two that were tried.
/// </summary>
/// <param name="What">The function that decided.</param>
/// <param name="Values">What it was given.</param>
internal sealed record Decision(string What, IReadOnlyList<object?> Values)
{
    /// <summary>Whether the same is decided for any number of rows.</summary>
    /// <param name="other">The decision at the same place, for another number of rows.</param>
    /// <param name="rows">The rows here.</param>
    /// <param name="otherRows">The rows there.</param>
    public bool Holds(Decision other, long rows, long otherRows) =>
        What == other.What
        && (
            Text(Values) == Text(other.Values)
            || (
                What is "eq" or "ne"
                && (Values, other.Values) is ([var a, var b], [var c, var d])
                && AreComparable(a, b, c, d, (rows, otherRows))
            )
        );

    // a = b with some rows and c = d with others: one of them for all.
    private static bool AreComparable(object? a, object? b, object? c, object? d, (long Few, long More) rows) =>
        (a, b, c, d) switch
        {
            (
                IReadOnlyList<object?> left,
                IReadOnlyList<object?> right,
                IReadOnlyList<object?> otherLeft,
                IReadOnlyList<object?> otherRight
            ) => left.Count == otherLeft.Count
                && right.Count == otherRight.Count
                && (
                    left.Count != right.Count
                    || Enumerable
                        .Range(0, left.Count)
                        .All(i => AreComparable(left[i], right[i], otherLeft[i], otherRight[i], rows))
                ),
            (long left, long right, long otherLeft, long otherRight) => Length.Of(left, otherLeft, rows) is { } first
                && Length.Of(right, otherRight, rows) is { } second
                && first.IsComparableWith(second),
            _ => Text(a) == Text(c) && Text(b) == Text(d),
        };

    private static string Text(object? value) =>
        value switch
        {
            long or double or bool or string => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            IReadOnlyList<object?> list =>
                $"[{string.Join(' ', list.Select(item => item is IReadOnlyList<object?> inner && inner.Any(i => i is IReadOnlyList<object?>) ? "" : Text(item)))}]",
            _ => "",
        };

    /// <summary>A number that is the same for any rows, or so many times the rows.</summary>
    private readonly record struct Length(long Value, bool TimesRows)
    {
        public static Length? Of(long few, long more, (long Few, long More) rows) =>
            few == more ? new Length(few, false)
            : few % rows.Few == 0 && more % rows.More == 0 && few / rows.Few == more / rows.More
                ? new Length(few / rows.Few, true)
            : null;

        // Some rows would make a multiple of them the other number, and other rows would not.
        public bool IsComparableWith(Length other) =>
            TimesRows == other.TimesRows
            || (TimesRows ? IsNeverMultiple(other.Value, Value) : IsNeverMultiple(Value, other.Value));

        private static bool IsNeverMultiple(long value, long times) => value % times != 0 || value / times < 1;
    }
}
