namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>How well a pair (n, α) explains the radii of a log.</summary>
/// <param name="N">Estimation draws per image.</param>
/// <param name="Alpha">Failure probability per image.</param>
/// <param name="Rows">Rows that could contradict the pair: their radius lies where its lattice is sparse.</param>
/// <param name="Refuted">Those whose printed radius is no value of the lattice.</param>
/// <param name="Attainable">Largest radius that the pair can certify, in the unit of the log.</param>
/// <param name="ExplainsLargest">
/// Whether the largest radius of the log is at most <paramref name="Attainable"/>, and equal to it where several rows share it.
/// </param>
/// <param name="Evidence">
/// How unlikely it is that the radii lie on the lattice by chance, in nats: over the distinct ones the sum of ln(distance of its
/// values / unit of the last digit). A fine lattice explains anything and earns nothing by it.
/// </param>
public sealed record LatticeFit(
    long N,
    double Alpha,
    int Rows,
    int Refuted,
    double Attainable,
    bool ExplainsLargest,
    double Evidence
)
{
    /// <summary>Whether nothing in the log contradicts the pair, and something could have.</summary>
    public bool Fits => Rows > 0 && Refuted == 0 && ExplainsLargest;

    /// <summary>Whether the pair is a usual one: a power of ten of draws from 1,000, α of .001 or .01.</summary>
    internal bool IsUsual => N >= 1000 && (Alpha is 0.001 or 0.01) && IsPowerOfTen(N);

    private static bool IsPowerOfTen(long n)
    {
        while (n >= 10 && n % 10 == 0)
        {
            n /= 10;
        }

        return n == 1;
    }
}
