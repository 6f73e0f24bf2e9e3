namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// The part of a speed that something takes, from measurements in pairs, one with it and one without shortly before or after:
/// what else happens to a machine slows both of a pair alike, and a pair that it splits is one of many.
/// </summary>
internal sealed record PairedLoss
{
    private const double Level = 0.95;

    private PairedLoss(double[] sorted)
    {
        var worse = MostOutside(sorted.Length);
        (Pairs, Median) = (sorted.Length, (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
        Interval = worse is { } outside ? (sorted[outside], sorted[^(outside + 1)]) : null;
    }

    /// <summary>The median loss; negative where the speed grew.</summary>
    public double Median { get; }

    /// <summary>
    /// Order statistics that hold the median of all such pairs between them with at least 95 %, whatever their distribution
    /// (sign test); null for fewer than six pairs, which cannot.
    /// </summary>
    public (double Low, double High)? Interval { get; }

    /// <summary>How many pairs there are.</summary>
    public int Pairs { get; }

    /// <summary>The loss over the pairs in which both speeds are known; null when there is none.</summary>
    public static PairedLoss? Of(IEnumerable<(double? Without, double? With)> pairs)
    {
        double[] losses =
        [
            .. pairs
                .Where(pair => pair is { Without: > 0, With: not null })
                .Select(pair => 1 - (pair.With!.Value / pair.Without!.Value))
                .Order(),
        ];
        return losses.Length == 0 ? null : new PairedLoss(losses);
    }

    // How many on each side may be left out: the tails of a binomial distribution at one half.
    private static int? MostOutside(int count)
    {
        var tail = 0d;
        var term = Math.Pow(0.5, count);
        int? most = null;
        for (var left = 0; left < count / 2; left++)
        {
            tail += term;
            if (2 * tail > 1 - Level)
            {
                break;
            }

            most = left;
            term *= (double)(count - left) / (left + 1);
        }

        return most;
    }
}
