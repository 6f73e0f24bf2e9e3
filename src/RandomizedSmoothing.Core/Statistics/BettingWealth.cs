namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// The wealth of the Krichevsky-Trofimov bettor: a gambler who starts with 1, bets on each draw that success has the probability
/// (heads + ½)/(draws + 1) seen so far, at odds that are fair if it is p. If p is the truth, wealth is a non-negative martingale,
/// so it ever reaches 1/α with probability at most α (Ville), however and whenever one looks.
/// Source: Krichevsky, Trofimov (1981); Voráček (2024).
/// </summary>
public static class BettingWealth
{
    // ln Γ(h + ½) − (h ln h − h) − ½ ln 2π for h = 0, 1, …
    private static readonly double[] HalfStirlingErrors =
    [
        -0.34657359027997264,
        -0.039720770839917964,
        -0.0205500238516442,
        -0.013801796861927592,
        -0.010379406841792997,
        -0.00831412775645832,
        -0.0069332887158612185,
        -0.005945339833132922,
        -0.005203609342362456,
        -0.004626308433378704,
        -0.004164243741365948,
        -0.003786057419507406,
        -0.003470818724230763,
        -0.003204023959949169,
        -0.0029753061292084387,
        -0.002777058622210108,
        -0.002603574000357984,
    ];

    /// <summary>
    /// ln W = ln B(h+½, t−h+½) − ln B(½, ½) − h ln p − (t−h) ln(1−p), to a few 10⁻¹⁶ of its largest term t·KL.
    /// </summary>
    /// <param name="heads">h, 0 ≤ h ≤ t.</param>
    /// <param name="draws">t ≥ 0.</param>
    /// <param name="p">The probability that the bets are against, in [0, 1].</param>
    /// <returns>+∞ where the outcome is impossible under p.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double LogWealth(long heads, long draws, double p)
    {
        if (!(p is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies in [0, 1].");
        }

        return LogWealth(heads, draws, p, 1 - p);
    }

    /// <summary>The same with 1 − p given by itself.</summary>
    public static double LogWealth(long heads, long draws, double p, double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heads, draws);
        if (draws == 0)
        {
            return 0;
        }

        var tails = draws - heads;
        var excess =
            p <= q ? -Math.FusedMultiplyAdd(draws, p, -heads) : Math.FusedMultiplyAdd(draws, q, -(double)tails);
        return BinomialTail.Deviance(heads, draws * p, excess)
            + BinomialTail.Deviance(tails, draws * q, -excess)
            + HalfStirlingError(heads)
            + HalfStirlingError(tails)
            - BinomialTail.StirlingError(draws)
            + 0.5 * Math.Log(2 / (Math.PI * draws));
    }

    /// <summary>
    /// ln of the wealth won after a first part of the draws, on which the bettor only learned: the bets start from the prior
    /// Beta(h0 + ½, n0 − h0 + ½). Fixed before the draws that count, so still a martingale, and the first part is no evidence.
    /// </summary>
    /// <param name="learnedHeads">h0: heads of the part that only teaches.</param>
    /// <param name="learnedDraws">n0: its draws.</param>
    /// <param name="heads">Heads of the part that counts.</param>
    /// <param name="draws">Its draws.</param>
    /// <param name="p">The probability that the bets are against, in [0, 1].</param>
    /// <param name="q">1 − p.</param>
    public static double LogWealthAfter(
        long learnedHeads,
        long learnedDraws,
        long heads,
        long draws,
        double p,
        double q
    ) => LogWealth(learnedHeads + heads, learnedDraws + draws, p, q) - LogWealth(learnedHeads, learnedDraws, p, q);

    private static double HalfStirlingError(long h)
    {
        if (h < HalfStirlingErrors.Length)
        {
            return HalfStirlingErrors[h];
        }

        var inverse = 1.0 / h;
        var square = inverse * inverse;
        return -inverse
            * (
                1.0 / 24
                - square * (7.0 / 2880 - square * (31.0 / 40320 - square * (127.0 / 215040 - square * 511.0 / 608256)))
            );
    }
}
