using System.Collections.Concurrent;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>
/// The largest radii that CERTIFY can print with n draws at level α, in units of sigma: Φ⁻¹ of the Clopper-Pearson bounds of
/// n, n − 1, n − 2, … votes. Near the top the values lie so far apart that a printed radius shows which of them it is; this is
/// the part where a log can contradict a pair (n, α).
/// </summary>
internal sealed class SparseLattice
{
    // Φ⁻¹(1 − 57/100,000) = 3.2535: with three digits the published logs tell lattices apart from there upwards.
    private const double FailuresAtThreeDigits = 57;
    private const double MostFailures = 400;
    private const double LargestShare = 0.45;

    private static readonly ConcurrentDictionary<(long N, double Alpha, int Digits), SparseLattice> Known = new();

    private readonly double[] _values;

    private SparseLattice(long n, double alpha, double share)
    {
        var values = new List<double>();
        for (var failures = 0L; failures <= n / 2; failures++)
        {
            var bound = BinomialBounds.LowerBound(n - failures, n, alpha);
            if (bound.Complement > 0.5)
            {
                break;
            }

            values.Add(NormalDistribution.QuantileFromComplement(bound.Complement));
            if (bound.Complement > share)
            {
                break;
            }
        }

        values.Reverse();
        _values = [.. values];
        Start = NormalDistribution.QuantileFromComplement(share);
    }

    /// <summary>Where the sparse part begins; only radii above it are compared.</summary>
    public double Start { get; }

    /// <summary>The largest radius: all votes for one class.</summary>
    public double Attainable => _values.Length == 0 ? 0 : _values[^1];

    /// <summary>The lattice for logs printed to some number of digits.</summary>
    public static SparseLattice Of(long n, double alpha, int digits) =>
        Known.GetOrAdd(
            (n, alpha, Math.Clamp(digits, 3, 4)),
            key => new SparseLattice(key.N, key.Alpha, Share(key.N, key.Digits))
        );

    /// <summary>Whether some value of the lattice lies within <paramref name="half"/> of a radius, both in units of sigma.</summary>
    public bool Contains(double radius, double half)
    {
        var at = Array.BinarySearch(_values, radius - half);
        at = at < 0 ? ~at : at;
        return at < _values.Length && _values[at] <= radius + half;
    }

    /// <summary>Distance between the neighbours of a radius in the lattice; 0 beyond its ends.</summary>
    public double GapAt(double radius)
    {
        var at = Array.BinarySearch(_values, radius);
        at = at < 0 ? ~at : at;
        return at > 0 && at < _values.Length ? _values[at] - _values[at - 1]
            : at == _values.Length && at > 1 ? _values[at - 1] - _values[at - 2]
            : 0;
    }

    private static double Share(long n, int digits)
    {
        var failures = digits <= 3 ? FailuresAtThreeDigits : MostFailures;
        return Math.Min(failures / n, LargestShare);
    }
}
