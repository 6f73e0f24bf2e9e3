namespace RandomizedSmoothing.Benchmarks.Measuring;

/// <summary>
/// Lets contenders work in turns, A B C C B A …, each waiting while another works, and compares them round by round: what the
/// machine does besides falls on all of them alike.
/// </summary>
internal sealed class Duel
{
    private readonly double[][] _rates;

    private Duel(double[][] rates) => _rates = rates;

    // Long enough for the just-in-time compiler to have settled on its last version of everything: what runs once a batch of a
    // twentieth of a second is compiled for the last time after some four seconds, in the processor time of the contender.
    private const double WarmUpSeconds = 6;

    /// <summary>Runs the rounds, after a warm-up that does not count.</summary>
    public static Duel Run(IReadOnlyList<ContenderProcess> contenders, int rounds, double seconds)
    {
        foreach (var contender in contenders)
        {
            contender.Work(WarmUpSeconds);
        }

        var rates = contenders.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var i = round % 2 == 0 ? turn : contenders.Count - 1 - turn;
                rates[i][round] = contenders[i].Work(seconds).Rate;
            }
        }

        return new Duel(rates);
    }

    /// <summary>Median units per second of a contender.</summary>
    public double Rate(int contender) => Median(_rates[contender]);

    /// <summary>Median over the rounds of one contender's rate over another's.</summary>
    public double Ratio(int contender, int other) => Median(_rates[contender].Zip(_rates[other], (a, b) => a / b));

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}
