using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// An image as far as its votes go: the probability of one class, and whether that class is the label.
/// </summary>
/// <param name="TopProbability">Probability of the class, in [0, 1].</param>
/// <param name="Correct">Whether it is the label.</param>
public readonly record struct SimulatedVoter(double TopProbability, bool Correct)
{
    /// <summary>
    /// A voter from a published certificate: the radius R at level σ came from p_A = Φ(R/σ). An abstention becomes a tie.
    /// </summary>
    /// <param name="radius">Certified radius.</param>
    /// <param name="sigma">Standard deviation of the Gaussian noise.</param>
    /// <param name="correct">Whether the certified class is the label.</param>
    /// <param name="abstained">Whether nothing was certified.</param>
    public static SimulatedVoter FromCertificate(double radius, double sigma, bool correct, bool abstained) =>
        abstained
            ? new SimulatedVoter(0.5, false)
            : new SimulatedVoter(NormalDistribution.Cdf(radius / sigma), correct);

    /// <summary>
    /// Votes of a range of draws, over three classes: 0 the class, 1 the rest, 2 a label that nobody votes for.
    /// </summary>
    internal VoteCounts Count(ulong key, uint voter, uint repetition, DrawStream stream, long from, long to)
    {
        var threshold = (ulong)Math.Round(TopProbability * (1L << 32));
        Span<uint> blocks = stackalloc uint[Philox.BlocksAtOnce];
        Span<uint> voters = stackalloc uint[Philox.BlocksAtOnce];
        Span<uint> words = stackalloc uint[4 * Philox.BlocksAtOnce];
        voters.Fill(voter);
        long heads = 0;
        for (var draw = from; draw < to; )
        {
            var group = draw / words.Length;
            for (var j = 0; j < blocks.Length; j++)
            {
                blocks[j] = (uint)(group * Philox.BlocksAtOnce + j);
            }

            Philox.Blocks(blocks, voters, repetition, (uint)stream, key, words);
            var end = Math.Min(to, (group + 1) * words.Length);
            for (; draw < end; draw++)
            {
                heads += words[(int)(draw - group * words.Length)] < threshold ? 1 : 0;
            }
        }

        return new VoteCounts(heads, to - from - heads, 0);
    }
}
