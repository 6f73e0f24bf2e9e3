namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// The noncentral chi-square law: the squared length of a standard normal vector of d coordinates whose mean has squared
/// length λ.
/// </summary>
public static class NoncentralChiSquare
{
    /// <summary>P(χ²_d(λ) ≤ x), absolute error below 1e-12.</summary>
    /// <remarks>
    /// The Poisson mixture Σ_j P(J = j) P(χ²_{d+2j} ≤ x) with J of mean λ/2, summed outward from its largest weight with the
    /// recurrence of the central law (Ding 1992; Benton, Krishnamoorthy 2003).
    /// </remarks>
    public static double Cdf(double degrees, double noncentrality, double x)
    {
        if (x <= 0)
        {
            return 0;
        }

        var mean = noncentrality / 2;
        if (mean == 0)
        {
            return GammaFunctions.ChiSquareCdf(degrees, x);
        }

        var y = x / 2;
        var centre = Math.Floor(mean);
        var shape = (degrees / 2) + centre;
        var weight = GammaFunctions.PoissonPoint(centre, mean);
        var cdf = GammaFunctions.LowerRegularized(shape, y);

        // point(a) = y^a e^(−y)/Γ(a+1) = P(a, y) − P(a+1, y)
        var point = GammaFunctions.PoissonPoint(shape, y);
        var sum = weight * cdf;
        var (w, p, t) = (weight, cdf, point);
        for (var j = centre + 1; w > 1e-18; j++)
        {
            w *= mean / j;
            p = Math.Max(0, p - t);
            t *= y / ((degrees / 2) + j);
            sum += w * p;
        }

        (w, p, t) = (weight, cdf, point);
        for (var j = centre; j >= 1 && w > 1e-18; j--)
        {
            w *= j / mean;
            t *= ((degrees / 2) + j) / y;
            p = Math.Min(1, p + t);
            sum += w * p;
        }

        return Math.Clamp(sum, 0, 1);
    }
}
