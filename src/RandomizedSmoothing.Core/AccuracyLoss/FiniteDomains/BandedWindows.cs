using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// A kernel whose noise moves a point by at most b places along a line or a circle, cut into the windows the transfer
/// method walks along. A state holds the 2b labels around the gap before the next one; reading that next label gives a
/// window of 2b+1 labels, which fixes the smoothed label at its centre.
/// </summary>
internal sealed class BandedWindows
{
    private readonly int[][] _outputs;

    private BandedWindows(SmoothingKernel kernel, int labels, TieRule ties, bool circular, int band)
    {
        Points = kernel.Points;
        Labels = labels;
        Circular = circular;
        Band = band;
        States = (int)BigInteger.Pow(labels, 2 * band);
        Rows = new int[Points];
        var known = new Dictionary<string, int>();
        var outputs = new List<int[]>();
        for (var x = 0; x < Points; x++)
        {
            var weights = new BigInteger[(2 * band) + 1];
            foreach (var atom in kernel.Rows[x].Atoms)
            {
                weights[Offset(x, atom.Point, Points, circular) + band] = atom.Weight;
            }

            var signature = string.Join(',', weights);
            if (!known.TryGetValue(signature, out Rows[x]))
            {
                Rows[x] = outputs.Count;
                known.Add(signature, outputs.Count);
                outputs.Add(Decide(weights, labels, ties));
            }
        }

        _outputs = [.. outputs];
    }

    public int Points { get; }

    public int Labels { get; }

    public bool Circular { get; }

    public int Band { get; }

    /// <summary>K^(2b).</summary>
    public int States { get; }

    /// <summary>Per point the number of its kind of row; points of one kind decide alike.</summary>
    public int[] Rows { get; }

    /// <summary>The windows of the kernel, or null when it spreads too far for K^(2b) states.</summary>
    public static BandedWindows? Of(SmoothingKernel kernel, int labels, TieRule ties, bool circular, int maxStates)
    {
        var band = 0;
        for (var x = 0; x < kernel.Points; x++)
        {
            foreach (var atom in kernel.Rows[x].Atoms)
            {
                band = Math.Max(band, Math.Abs(Offset(x, atom.Point, kernel.Points, circular)));
            }
        }

        var tooShort = circular ? kernel.Points < (2 * band) + 1 : kernel.Points < band;
        return tooShort || BigInteger.Pow(labels, 2 * band) > maxStates
            ? null
            : new BandedWindows(kernel, labels, ties, circular, band);
    }

    /// <summary>The states before the first point: any on a circle; on a line nothing lies left of it.</summary>
    public IEnumerable<int> Starts()
    {
        var missing = (int)BigInteger.Pow(Labels, Band);
        return Enumerable.Range(0, States).Where(s => Circular || s % missing == 0);
    }

    /// <summary>The labels the point entering the window may have; beyond the end of a line there is only a blank.</summary>
    public int Entering(int x) => Circular || x + Band < Points ? Labels : 1;

    /// <summary>The smoothed label of the point whose row is of this kind.</summary>
    public int Output(int row, int state, int entering) => _outputs[row][Window(state, entering)];

    public int Next(int state, int entering) => Window(state, entering) / Labels;

    /// <summary>The base label of the centre of the window.</summary>
    public int Centre(int state, int entering) => Window(state, entering) / (int)BigInteger.Pow(Labels, Band) % Labels;

    private int Window(int state, int entering) => state + (entering * States);

    private static int Offset(int x, int z, int points, bool circular)
    {
        var offset = z - x;
        if (!circular)
        {
            return offset;
        }

        return offset > points / 2 ? offset - points
            : offset < -(points / 2) ? offset + points
            : offset;
    }

    private static int[] Decide(BigInteger[] weights, int labels, TieRule ties)
    {
        var windows = (int)BigInteger.Pow(labels, weights.Length);
        var outputs = new int[windows];
        var votes = new BigInteger[labels];
        for (var window = 0; window < windows; window++)
        {
            Array.Clear(votes);
            var digits = window;
            var centre = 0;
            for (var j = 0; j < weights.Length; j++)
            {
                (digits, var label) = Math.DivRem(digits, labels);
                votes[label] += weights[j];
                centre = j == weights.Length / 2 ? label : centre;
            }

            outputs[window] = Vote.Decide<BigInteger>(votes, centre, ties);
        }

        return outputs;
    }
}
