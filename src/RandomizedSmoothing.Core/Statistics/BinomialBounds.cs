namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// One-sided Clopper-Pearson bounds on a success probability, rounded outward: a lower bound is never above and an upper bound
/// never below the exact one, and the distance is below 10⁻¹³ relative (to the smaller of the bound and its complement).
/// Source: Clopper, Pearson (1934); L solves P(Bin(n, L) ≥ k) = α, that is I_L(k, n − k + 1) = α.
/// </summary>
public static class BinomialBounds
{
    private const double Epsilon = 1.1102230246251565e-16;

    /// <summary>The lower bound as a number; see <see cref="LowerBound"/>.</summary>
    public static double Lower(long successes, long draws, double alpha) => LowerBound(successes, draws, alpha).Value;

    /// <summary>The upper bound as a number; see <see cref="UpperBound"/>.</summary>
    public static double Upper(long successes, long draws, double alpha) => UpperBound(successes, draws, alpha).Value;

    /// <summary>
    /// The lower bound: whatever the success probability p is, it lies below this with probability at most α.
    /// </summary>
    /// <param name="successes">0 ≤ successes ≤ draws.</param>
    /// <param name="draws">Number of independent draws, at least 1, below 2⁵³.</param>
    /// <param name="alpha">Failure probability, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static ProbabilityBound LowerBound(long successes, long draws, double alpha)
    {
        Require(successes, draws, alpha);
        if (successes == 0)
        {
            return ProbabilityBound.Zero;
        }

        var root = Solve(successes, draws, alpha);
        if (root.IsSuccess)
        {
            var value = Math.Max(0, Math.BitDecrement(root.Value - root.Error));
            return new ProbabilityBound(value, Math.Min(1, Math.BitIncrement(1 - value)));
        }

        var complement = Math.Min(1, Math.BitIncrement(root.Value + root.Error));
        return new ProbabilityBound(Math.Max(0, Math.BitDecrement(1 - complement)), complement);
    }

    /// <summary>
    /// The upper bound, 1 − L(n − k): whatever the success probability p is, it lies above this with probability at most α.
    /// </summary>
    /// <inheritdoc cref="LowerBound"/>
    public static ProbabilityBound UpperBound(long successes, long draws, double alpha)
    {
        Require(successes, draws, alpha);
        var mirrored = LowerBound(draws - successes, draws, alpha);
        return new ProbabilityBound(mirrored.Complement, mirrored.Value);
    }

    // The root p of P(X ≥ k) = α, 1 ≤ k ≤ n.
    private static Root Solve(long k, long n, double alpha)
    {
        if (alpha > 0.5)
        {
            // P(X ≥ k) = α exactly where P(n − X ≥ n − k + 1) = 1 − α; 1 − α is exact here.
            var mirrored = Solve(n - k + 1, n, 1 - alpha);
            return mirrored with { IsSuccess = !mirrored.IsSuccess };
        }

        if (k == n)
        {
            var log = Math.Log(alpha) / n;
            return log < -0.6
                ? Root.OfSuccess(Math.Exp(log), 8 - 4 * log)
                : Root.OfFailure(-SmallArguments.ExpMinusOne(log), 16);
        }

        if (k == 1)
        {
            var log = SmallArguments.LogOnePlus(-alpha) / n;
            return Root.OfSuccess(-SmallArguments.ExpMinusOne(log), 16);
        }

        return Iterate(k, n, alpha);
    }

    // Far more than a start near the root takes.
    private const int UsualSteps = 12;
    private const int MostSteps = 400;

    private static Root Iterate(long k, long n, double alpha)
    {
        var logAlpha = Math.Log(alpha);
        var odds = StartingOdds(k, n, alpha);
        var bySuccess = odds <= 1;

        // The unknown is the smaller of p and q, so that its relative precision is what is kept.
        var small = bySuccess ? odds / (1 + odds) : 1 / (1 + odds);
        var ceiling = (double)k / (n + 1);
        if (bySuccess)
        {
            small = Math.Min(small, ceiling);
        }
        else
        {
            small = Math.Max(small, (n - k + 1.0) / (n + 1));
        }

        // Where the start is far off, as with few failures and a tiny alpha, steps may lead astray or nowhere: the root stays enclosed.
        var (below, above) = bySuccess ? (0.0, ceiling) : (0.0, 1.0);
        for (var iteration = 0; ; iteration++)
        {
            var p = bySuccess ? small : 1 - small;
            var q = bySuccess ? 1 - small : small;
            var miss = BinomialTail.LogUpper(k, n, p, q, out var ratio) - logAlpha;

            // d ln P/dp, and the second derivative of P over the first: Halley's step on ln P, which is concave in p.
            var slope = k / (p * ratio);
            var curvature = (k - 1) / p - (n - k) / q - slope;
            var newton = miss / slope;
            var damping = 1 - 0.5 * newton * curvature;
            var step = damping is > 0.5 and < 2 ? newton / damping : newton;
            var next = bySuccess ? small - step : small + step;
            if (next <= 0 || next >= 1)
            {
                next = small / 2;
            }
            else if (bySuccess && next > ceiling)
            {
                next = 0.5 * (small + ceiling);
            }

            if (Math.Abs(next - small) <= 1e-9 * small || iteration == MostSteps)
            {
                // The step is cubic: what is left of it is below the rounding of ln P, which is what the error covers.
                var rounding = 48 + 4 * Math.Abs(logAlpha) + 4 * Math.Log(n);
                var leftover = iteration == MostSteps ? Math.Abs(next - small) / (next * Epsilon) : 0;
                var ulps = 8 + rounding / (slope * small) + leftover;
                return bySuccess ? Root.OfSuccess(next, ulps) : Root.OfFailure(next, ulps);
            }

            (below, above) = miss > 0 == bySuccess ? (below, small) : (small, above);
            var isAstray = !(next > below && next < above) || (iteration > UsualSteps && iteration % 2 == 0);
            small =
                !isAstray ? next
                : below > 0 ? Math.Sqrt(below) * Math.Sqrt(above)
                : above / 1024;
        }
    }

    // Abramowitz, Stegun 26.5.22: the beta quantile by a normal one, as odds p/q.
    private static double StartingOdds(long k, long n, double alpha)
    {
        double a = k;
        var b = n - k + 1.0;
        var z = NormalQuantileEstimate.UpperTailQuantile(alpha);
        var lambda = (z * z - 3) / 6;
        var u = 1 / (2 * a - 1);
        var v = 1 / (2 * b - 1);
        var h = 2 / (u + v);
        var w = z * Math.Sqrt(Math.Max(h + lambda, 0)) / h - (v - u) * (lambda + 5.0 / 6 - 2 / (3 * h));
        return a / b * Math.Exp(-2 * Math.Clamp(w, -300, 300));
    }

    private static void Require(long successes, long draws, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(draws, 1L << 53);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, draws);
        if (!(alpha is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(alpha),
                alpha,
                "A failure probability lies strictly between 0 and 1."
            );
        }
    }

    // A success (p) or failure (q = 1 − p) probability and a bound on its absolute error.
    private readonly record struct Root(double Value, double Error, bool IsSuccess)
    {
        public static Root OfSuccess(double value, double ulps) => new(value, value * ulps * Epsilon, true);

        public static Root OfFailure(double value, double ulps) => new(value, value * ulps * Epsilon, false);
    }
}
