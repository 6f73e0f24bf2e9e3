using System.Numerics;
using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class BinomialBoundsTests
{
    private static readonly double[] Alphas = [0.5, 0.3, 0.05, 0.01, 0.001, 1e-6, 1e-10, 1e-15, 0.75, 0.999];

    [Fact]
    public void Bounds_are_never_on_the_unsafe_side_of_the_golden_values_and_within_1e_13()
    {
        foreach (var row in Golden.Read("clopper_pearson.csv"))
        {
            var (n, k, alpha) = (Golden.Long(row["n"]), Golden.Long(row["k"]), Golden.Double(row["alpha_one_sided"]));
            var name = $"n={n} k={k} alpha={alpha}";
            var lower = BinomialBounds.Lower(k, n, alpha);
            var upper = BinomialBounds.Upper(k, n, alpha);
            Golden.Compare(lower, row["lower"]).ShouldBeLessThanOrEqualTo(0, name);
            Golden.Compare(upper, row["upper"]).ShouldBeGreaterThanOrEqualTo(0, name);
            Math.Abs(lower - Golden.Double(row["lower"])).ShouldBeLessThanOrEqualTo(1e-13 * lower, name);
            Math.Abs(upper - Golden.Double(row["upper"])).ShouldBeLessThanOrEqualTo(1e-13 * upper, name);
        }
    }

    [Fact]
    public void Exact_integer_arithmetic_confirms_the_side_and_the_distance_of_every_lower_bound()
    {
        var gen =
            from n in Gen.Int[1, 150]
            from k in Gen.Int[1, n]
            from alpha in Gen.Int[0, Alphas.Length - 1].Select(i => Alphas[i])
            select (n, k, alpha);
        gen.Sample(
            t =>
            {
                var bound = BinomialBounds.LowerBound(t.k, t.n, t.alpha);
                var p = bound.Value;

                // P(X ≥ k) grows with p: at a bound on the safe side it does not exceed alpha, a little above it does.
                var inside = CompareTail(t.n, t.k, p, t.alpha) <= 0;
                var small = Math.Min(bound.Value, bound.Complement);
                var tight = CompareTail(t.n, t.k, p + 2e-13 * Math.Max(small, 2e-3), t.alpha) >= 0;
                var complementInside = CompareTailByFailure(t.n, t.k, bound.Complement, t.alpha) <= 0;
                return inside && tight && complementInside;
            },
            iter: 400
        );
    }

    [Theory]
    [InlineData(1_000_000_000, 500_000_000, 0.001)]
    [InlineData(1_000_000_000, 999_999_999, 0.001)]
    [InlineData(1_000_000_000, 1, 1e-15)]
    [InlineData(1_000_000_000, 2, 1e-15)]
    [InlineData(1_000_000_000, 999_900_000, 1e-15)]
    [InlineData(1_000_000_000, 700_000_000, 0.5)]
    [InlineData(1_000_000_000, 1_000_000_000, 1e-15)]
    public void Enormous_samples_give_ordered_tight_bounds(long n, long k, double alpha)
    {
        var lower = BinomialBounds.LowerBound(k, n, alpha);
        var upper = BinomialBounds.UpperBound(k, n, alpha);
        var frequency = (double)k / n;
        lower.Value.ShouldBeGreaterThan(0);
        lower.Value.ShouldBeLessThanOrEqualTo(frequency);
        upper.Value.ShouldBeGreaterThanOrEqualTo(frequency);
        (upper.Value - lower.Value).ShouldBeLessThan(20 * Math.Sqrt(frequency * (1 - frequency) / n) + 40.0 / n);
        (lower.Value + lower.Complement).ShouldBe(1, 1e-15);
    }

    [Fact]
    public void Bounds_grow_with_successes_and_shrink_with_alpha()
    {
        var gen =
            from n in Gen.Int[2, 5000]
            from k in Gen.Int[0, n - 1]
            from exponent in Gen.Double[0.3, 12]
            select (n, k, alpha: Math.Pow(10, -exponent));
        gen.Sample(t =>
            BinomialBounds.Lower(t.k, t.n, t.alpha) <= BinomialBounds.Lower(t.k + 1, t.n, t.alpha)
            && BinomialBounds.Lower(t.k, t.n, t.alpha / 2) <= BinomialBounds.Lower(t.k, t.n, t.alpha)
            && BinomialBounds.Lower(t.k, t.n, t.alpha) <= BinomialBounds.Upper(t.k, t.n, t.alpha)
        );
    }

    [Fact]
    public void No_success_and_no_failure_say_nothing_on_their_side()
    {
        BinomialBounds.LowerBound(0, 10, 0.001).ShouldBe(ProbabilityBound.Zero);
        BinomialBounds.UpperBound(10, 10, 0.001).Value.ShouldBe(1);
        BinomialBounds.UpperBound(10, 10, 0.001).Complement.ShouldBe(0);
    }

    [Theory]
    [InlineData(-1, 10, 0.1)]
    [InlineData(11, 10, 0.1)]
    [InlineData(0, 0, 0.1)]
    [InlineData(1, 10, 0)]
    [InlineData(1, 10, 1)]
    [InlineData(1, 10, double.NaN)]
    public void Impossible_arguments_are_refused(long k, long n, double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => BinomialBounds.Lower(k, n, alpha));

    // Sign of P(Bin(n, p) ≥ k) − alpha in exact arithmetic: p = m·2^-s, so everything is an integer over 2^(s n).
    private static int CompareTail(int n, int k, double p, double alpha)
    {
        var (mantissa, exponent) = Golden.Decompose(p);
        var one = BigInteger.One << -exponent;
        return CompareTail(n, k, mantissa, one - mantissa, one, alpha);
    }

    private static int CompareTailByFailure(int n, int k, double q, double alpha)
    {
        var (mantissa, exponent) = Golden.Decompose(q);
        var one = BigInteger.One << -exponent;
        return CompareTail(n, k, one - mantissa, mantissa, one, alpha);
    }

    private static int CompareTail(int n, int k, BigInteger p, BigInteger q, BigInteger one, double alpha)
    {
        BigInteger sum = 0;
        BigInteger choose = 1;
        for (var i = n; i >= k; i--)
        {
            sum += choose * BigInteger.Pow(p, i) * BigInteger.Pow(q, n - i);
            choose = choose * i / (n - i + 1);
        }

        var (mantissa, exponent) = Golden.Decompose(alpha);
        return (sum << -exponent).CompareTo(mantissa * BigInteger.Pow(one, n));
    }

    [Theory]
    [InlineData(100_000, 1e-80)]
    [InlineData(1_000_000, 1e-300)]
    [InlineData(1_000_000_000, 1e-300)]
    public void One_failure_under_a_tiny_alpha_is_bounded_as_tightly_as_many(long draws, double alpha)
    {
        var bound = BinomialBounds.LowerBound(draws - 1, draws, alpha);

        // P(at least n − 1 of n) = pⁿ (1 + n q/p).
        var (p, q) = (bound.Value, bound.Complement);
        var tail = draws * Math.Log(1 - q) + Math.Log(1 + draws * (q / p));
        tail.ShouldBe(Math.Log(alpha), -1e-6 * Math.Log(alpha));
        var all = Enumerable.Range(0, 6).Select(failures => BinomialBounds.Lower(draws - failures, draws, alpha));
        all.ShouldBeInOrder(SortDirection.Descending);
    }
}
