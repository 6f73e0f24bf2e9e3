namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// An unevaluated sum of two doubles, |<see cref="Low"/>| ≤ ½ ulp(<see cref="High"/>): about 31 decimal digits. Only +, −, ×, ÷
/// and fused multiply-add of IEEE 754 are used, so results have the same bits on every machine, which the functions of the
/// platform's mathematical library do not promise. Relative error of each operation: below 2⁻¹⁰⁰ away from underflow.
/// Source: Dekker (1971), Knuth TAOCP 2 §4.2.2; Joldes, Muller, Popescu (2017).
/// </summary>
internal readonly struct DoubleDouble
{
    private DoubleDouble(double high, double low)
    {
        High = high;
        Low = low;
    }

    public double High { get; }

    public double Low { get; }

    public static DoubleDouble Ln2 => new(0.6931471805599453, 2.3190468138462996e-17);

    /// <summary>1/√(2π).</summary>
    public static DoubleDouble InverseSqrtTwoPi => new(0.3989422804014327, -2.49232720227773e-17);

    public static implicit operator DoubleDouble(double value) => new(value, 0);

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var high = TwoSum(a.High, b.High);
        var low = TwoSum(a.Low, b.Low);
        var sum = FastTwoSum(high.High, high.Low + low.High);
        return FastTwoSum(sum.High, low.Low + sum.Low);
    }

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = TwoProduct(a.High, b.High);
        var cross = Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.High);
        return FastTwoSum(product.High, product.Low + cross);
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var first = a.High / b.High;
        var rest = a - b * first;
        var second = rest.High / b.High;
        rest -= b * second;
        return FastTwoSum(first, second) + rest.High / b.High;
    }

    /// <summary>The exact sum of two doubles.</summary>
    public static DoubleDouble TwoSum(double a, double b)
    {
        var sum = a + b;
        var virtualB = sum - a;
        return new DoubleDouble(sum, a - (sum - virtualB) + (b - virtualB));
    }

    /// <summary>The exact product of two doubles, barring underflow.</summary>
    public static DoubleDouble TwoProduct(double a, double b)
    {
        var product = a * b;
        return new DoubleDouble(product, Math.FusedMultiplyAdd(a, b, -product));
    }

    /// <summary>The value times 2^<paramref name="exponent"/>.</summary>
    public DoubleDouble Scale(int exponent) => new(Math.ScaleB(High, exponent), Math.ScaleB(Low, exponent));

    /// <summary>e^<paramref name="x"/>, relative error below 10⁻²⁸ for |x| ≤ 700.</summary>
    public static DoubleDouble Exp(DoubleDouble x)
    {
        const int Halvings = 6;
        var exponent = Math.Round(x.High / 0.6931471805599453);
        var reduced = (x - Ln2 * exponent).Scale(-Halvings);

        // Taylor polynomial of e^r − 1 by Horner, |r| ≤ 0.0055: fourteen terms leave 10⁻⁴³.
        DoubleDouble sum = 0;
        for (var n = 14; n >= 1; n--)
        {
            sum = reduced * (sum + 1.0) / n;
        }

        // e^2r − 1 = (e^r − 1)(e^r − 1 + 2) keeps the small part.
        for (var i = 0; i < Halvings; i++)
        {
            sum *= sum + 2.0;
        }

        return (sum + 1.0).Scale((int)exponent);
    }

    /// <summary>The largest double that does not exceed the value by more than its own error: rounds toward −∞.</summary>
    /// <param name="relativeError">A bound on the relative error that the value already carries.</param>
    public double RoundDown(double relativeError)
    {
        var guard = Math.Abs(High) * relativeError;
        return Low - guard >= 0 ? High : Math.BitDecrement(High);
    }

    /// <summary>The smallest double that is not below the value by more than its own error: rounds toward +∞.</summary>
    /// <param name="relativeError">A bound on the relative error that the value already carries.</param>
    public double RoundUp(double relativeError) => -(-this).RoundDown(relativeError);

    private static DoubleDouble FastTwoSum(double a, double b)
    {
        var sum = a + b;
        return new DoubleDouble(sum, b - (sum - a));
    }
}
