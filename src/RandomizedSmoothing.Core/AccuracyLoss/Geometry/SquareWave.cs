namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>What smoothing makes of a periodic labelling, as shares of the line.</summary>
/// <param name="Kept">Where the label survives.</param>
/// <param name="Inverted">Where the other label wins.</param>
/// <param name="Erased">Where both votes are one half.</param>
/// <param name="CentreVote">The vote for its own label at the centre of a stripe.</param>
public sealed record SmoothedSquareWave(double Kept, double Inverted, double Erased, double CentreVote)
{
    /// <summary>Accuracy lost when the wave itself is the truth; where nothing wins, the point is lost.</summary>
    public double OwnLoss => 1 - Kept;
}

/// <summary>
/// Stripes of width L with alternating labels on the line, the least smooth truth of its scale. It shows that smoothing
/// can do worse than forget: uniform noise with L &lt; r &lt; 2L inverts every label.
/// </summary>
public sealed class SquareWave
{
    // Votes nearer to one half than this are rounding errors of a tie.
    private const double Tie = 1e-13;

    /// <param name="halfPeriod">The width L of a stripe, positive.</param>
    /// <param name="noise">The noise.</param>
    /// <exception cref="UserErrorException">The width is out of range, or far below the reach of the noise.</exception>
    public SquareWave(double halfPeriod, SymmetricNoise noise)
    {
        if (!(halfPeriod > 0) || noise.Reach / halfPeriod > 100_000)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"Stripes of width {halfPeriod} under {noise.Family} noise of scale {noise.Scale} are not possible: the width is positive and at least a 100000th of the reach of the noise, {noise.Reach}."
                )
            );
        }

        HalfPeriod = halfPeriod;
        Noise = noise;
    }

    public double HalfPeriod { get; }

    public SymmetricNoise Noise { get; }

    /// <summary>P(x + ε lies in a stripe [2kL, (2k+1)L]).</summary>
    public double Vote(double x)
    {
        var first = (long)Math.Floor((x - Noise.Reach) / (2 * HalfPeriod));
        var last = (long)Math.Ceiling((x + Noise.Reach) / (2 * HalfPeriod));
        var vote = 0.0;
        for (var k = first; k <= last; k++)
        {
            vote += Noise.Probability((2 * k * HalfPeriod) - x, (((2 * k) + 1) * HalfPeriod) - x);
        }

        return vote;
    }

    /// <summary>Follows the sign of the vote across one stripe; the others are its mirror images.</summary>
    /// <param name="cells">The resolution at which sign changes are looked for.</param>
    public SmoothedSquareWave Smooth(int cells = 512)
    {
        var (kept, inverted, erased) = (0.0, 0.0, 0.0);
        var edges = new List<double> { 0 };
        int Sign(double x) => Vote(x) - 0.5 is var excess && Math.Abs(excess) < Tie ? 0 : Math.Sign(excess);
        for (var i = 0; i < cells; i++)
        {
            var (from, to) = ((i + 0.25) * HalfPeriod / cells, (i + 1.25) * HalfPeriod / cells);
            if (i + 1 < cells && Sign(from) is var sign && sign != Sign(to))
            {
                var direction = sign != 0 ? sign : -Sign(to);
                edges.Add(Root.OfDecreasing(x => (direction * (Vote(x) - 0.5)) + (sign == 0 ? Tie : -Tie), from, to));
            }
        }

        edges.Add(HalfPeriod);
        for (var i = 0; i + 1 < edges.Count; i++)
        {
            var share = (edges[i + 1] - edges[i]) / HalfPeriod;
            switch (Sign((edges[i] + edges[i + 1]) / 2))
            {
                case > 0:
                    kept += share;
                    break;
                case < 0:
                    inverted += share;
                    break;
                default:
                    erased += share;
                    break;
            }
        }

        return new SmoothedSquareWave(kept, inverted, erased, Vote(HalfPeriod / 2));
    }
}
