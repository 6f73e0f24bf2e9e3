using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>Which pairs (n, α) an audit tries.</summary>
public sealed record AuditCandidates
{
    /// <summary>The defaults.</summary>
    public static AuditCandidates Default { get; } = new();

    /// <summary>Numbers of estimation draws.</summary>
    public IReadOnlyList<long> Draws { get; init; } =
    [
        100,
        200,
        500,
        1_000,
        2_000,
        2_500,
        5_000,
        10_000,
        20_000,
        25_000,
        50_000,
        100_000,
        150_000,
        200_000,
        250_000,
        500_000,
        1_000_000,
    ];

    /// <summary>Failure probabilities; halves are those of code that spends α on two sides.</summary>
    public IReadOnlyList<double> Alphas { get; init; } =
    [0.1, 0.05, 0.025, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0001, 0.00001];
}

/// <summary>
/// Finds n and α of a log from its radii alone. CERTIFY can only print the radii of n + 1 counts; the largest of them lie far
/// apart, so that a wrong pair is contradicted by most rows up there.
/// </summary>
internal static class LatticeSearch
{
    private const int PileUp = 3;
    private const int LeastRows = 3;

    // In nats: odds of 50 for a usual pair over an unusual one, of 150 against chance, of 4 over the next.
    private const double HeadStart = 3.9;
    private const double LeastEvidence = 5;
    private const double LeastEvidenceOfUsual = 0.5;
    private const double LeastLead = 1.4;

    // Rounding to nearest, with room for the numerical error of the code that printed the radius.
    private const double HalfUnit = 0.5005;

    // Logs with all digits of a double carry the error of other libraries' quantiles, or of single precision.
    private const double LeastRelativeUnit = 2e-6;

    /// <summary>Every candidate's fit.</summary>
    public static IReadOnlyList<LatticeFit> Fits(CertificationLog log, double sigma, AuditCandidates candidates)
    {
        var radii = Radii(log);
        var fits = new List<LatticeFit>();
        foreach (var n in candidates.Draws)
        {
            foreach (var alpha in candidates.Alphas)
            {
                fits.Add(Fit(radii, log.RadiusDigits, sigma, n, alpha));
            }
        }

        return fits;
    }

    /// <summary>
    /// The pair that the log was made with: of those that fit the one with most evidence, where it leads clearly. Usual pairs
    /// have a head start; unusual ones must also bring evidence of their own.
    /// </summary>
    public static LatticeFit? Verdict(IReadOnlyList<LatticeFit> fits)
    {
        var ranked = fits.Where(f => f.Fits).OrderByDescending(Weight).ToList();
        if (ranked.Count == 0 || ranked[0].Rows < LeastRows || ranked[0].Evidence < Needed(ranked[0]))
        {
            return null;
        }

        return ranked.Count == 1 || Weight(ranked[0]) - Weight(ranked[1]) >= LeastLead ? ranked[0] : null;
    }

    /// <summary>By how much the verdict of these fits is to be believed over none; −∞ without one.</summary>
    public static double Strength(IReadOnlyList<LatticeFit> fits) =>
        Verdict(fits) is { } verdict ? Weight(verdict) : double.NegativeInfinity;

    /// <summary>Whether images pile up at the largest radius that a pair lets them have.</summary>
    public static bool PilesUp(CertificationLog log, LatticeFit fit) =>
        Radii(log) is [var (largest, count), ..]
        && count >= PileUp
        && Math.Abs(largest - fit.Attainable) <= HalfUnit * UnitOf(log.RadiusDigits, largest);

    private static double Needed(LatticeFit fit) => fit.IsUsual ? LeastEvidenceOfUsual : LeastEvidence;

    private static double Weight(LatticeFit fit) => fit.Evidence + (fit.IsUsual ? HeadStart : 0);

    private static LatticeFit Fit(
        List<(double Radius, int Count)> radii,
        RadiusDigits digits,
        double sigma,
        long n,
        double alpha
    )
    {
        var lattice = SparseLattice.Of(n, alpha, digits.Digits);
        var rows = 0;
        var refuted = 0;
        double evidence = 0;
        foreach (var (radius, count) in radii)
        {
            var scaled = radius / sigma;
            if (scaled <= lattice.Start)
            {
                break;
            }

            rows += count;
            var unit = UnitOf(digits, radius) / sigma;
            if (lattice.Contains(scaled, HalfUnit * unit))
            {
                evidence += Math.Log(Math.Max(1, lattice.GapAt(scaled) / unit));
            }
            else
            {
                refuted += count;
            }
        }

        var explains = ExplainsLargest(radii, digits, sigma * lattice.Attainable);
        return new LatticeFit(n, alpha, rows, refuted, sigma * lattice.Attainable, explains, evidence);
    }

    // Images that are all but certain pile up at the attainable radius, and nowhere else.
    private static bool ExplainsLargest(List<(double Radius, int Count)> radii, RadiusDigits digits, double attainable)
    {
        if (radii.Count == 0)
        {
            return true;
        }

        var (largest, count) = radii[0];
        var half = HalfUnit * UnitOf(digits, largest);
        var next = radii.Skip(1).Take(PileUp).Select(r => r.Count).DefaultIfEmpty(0).Max();
        var isPile = count >= PileUp && count >= PileUp * next;
        return largest <= attainable + half && (!isPile || Math.Abs(largest - attainable) <= half);
    }

    private static double UnitOf(RadiusDigits digits, double radius) =>
        Math.Max(digits.Unit(radius), LeastRelativeUnit * radius);

    // Distinct radii, largest first.
    private static List<(double Radius, int Count)> Radii(CertificationLog log) =>
        [
            .. log
                .Rows.Where(r => !r.Abstained && r.Radius > 0)
                .GroupBy(r => r.Radius)
                .OrderByDescending(g => g.Key)
                .Select(g => (g.Key, g.Count())),
        ];
}
