using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// A rational number in lowest terms. Votes on finite domains are compared with one half exactly, so probabilities
/// stay rational from the text the user typed to the last comparison.
/// </summary>
public readonly record struct ExactFraction : IComparable<ExactFraction>
{
    private const int LargestExponent = 4000;
    private readonly BigInteger _denominator;

    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Any integer but zero; the sign moves to the numerator.</param>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public ExactFraction(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException("A fraction needs a denominator other than zero.");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    public static ExactFraction Zero => new(0, 1);

    public static ExactFraction Half => new(1, 2);

    public static ExactFraction One => new(1, 1);

    public BigInteger Numerator { get; }

    /// <summary>Positive; one for the default value, which is zero.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    public static ExactFraction operator +(ExactFraction a, ExactFraction b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static ExactFraction operator -(ExactFraction a, ExactFraction b) =>
        new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static ExactFraction operator *(ExactFraction a, ExactFraction b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static ExactFraction operator /(ExactFraction a, ExactFraction b) =>
        new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(ExactFraction a, ExactFraction b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactFraction a, ExactFraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(ExactFraction a, ExactFraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ExactFraction a, ExactFraction b) => a.CompareTo(b) >= 0;

    public static implicit operator ExactFraction(int value) => new(value, 1);

    /// <summary>Reads <c>3</c>, <c>0.25</c>, <c>1e-3</c> or <c>1/3</c> without rounding.</summary>
    /// <returns>False for anything else, a zero denominator, or an exponent beyond ±4000.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactFraction value)
    {
        value = default;
        text = text.Trim();
        var slash = text.IndexOf('/');
        if (slash < 0)
        {
            return TryParseDecimal(text, out value);
        }

        if (
            !TryParseDecimal(text[..slash].Trim(), out var top)
            || !TryParseDecimal(text[(slash + 1)..].Trim(), out var bottom)
            || bottom.Numerator.IsZero
        )
        {
            return false;
        }

        value = top / bottom;
        return true;
    }

    /// <summary>The exact value of a finite double.</summary>
    public static ExactFraction FromDouble(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers are fractions.");
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFFL;
        mantissa = exponent == 0 ? mantissa : mantissa | (1L << 52);
        var power = Math.Max(exponent, 1) - 1075;
        var signed = new BigInteger(bits < 0 ? -mantissa : mantissa);
        return power >= 0 ? new(signed << power, 1) : new(signed, BigInteger.One << -power);
    }

    public int CompareTo(ExactFraction other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The value raised to a non-negative power.</summary>
    public ExactFraction Pow(int exponent) =>
        new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent));

    /// <summary>The nearest double.</summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
        {
            return 0;
        }

        // A quotient of 63 or 64 bits whose last bit also stands for the remainder rounds correctly.
        var magnitude = BigInteger.Abs(Numerator);
        var shift = (int)(63 - (magnitude.GetBitLength() - Denominator.GetBitLength()));
        var quotient =
            shift >= 0
                ? BigInteger.DivRem(magnitude << shift, Denominator, out var remainder)
                : BigInteger.DivRem(magnitude, Denominator << -shift, out remainder);
        var bits = (ulong)quotient | (remainder.IsZero ? 0UL : 1UL);
        return Math.ScaleB((double)bits, -shift) * Numerator.Sign;
    }

    public override string ToString() =>
        Denominator.IsOne
            ? Numerator.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static bool TryParseDecimal(ReadOnlySpan<char> text, out ExactFraction value)
    {
        value = default;
        var exponent = 0;
        var e = text.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            if (
                !int.TryParse(
                    text[(e + 1)..],
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out exponent
                )
                || Math.Abs(exponent) > LargestExponent
            )
            {
                return false;
            }

            text = text[..e];
        }

        var point = text.IndexOf('.');
        var digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mantissa))
        {
            return false;
        }

        exponent -= point < 0 ? 0 : text.Length - point - 1;
        value =
            exponent >= 0
                ? new(mantissa * BigInteger.Pow(10, exponent), 1)
                : new(mantissa, BigInteger.Pow(10, -exponent));
        return true;
    }
}
