namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>What the workers of an enumeration over all Kⁿ labellings fill in together.</summary>
internal sealed class FeasibleTally
{
    private long _fixed;
    private long _feasible;
    private long _agreements;

    public FeasibleTally(LabellingCode code, FeasibleReading reading)
    {
        Image = new LabellingSet(code);
        Selected = reading is FeasibleReading.Image or FeasibleReading.Proper ? Image : new LabellingSet(code);
        Reading = reading;
    }

    public LabellingSet Image { get; }

    /// <summary>The smoothed classifiers of the reading; the image itself where they coincide.</summary>
    public LabellingSet Selected { get; }

    public FeasibleReading Reading { get; }

    public void Merge(long @fixed, long feasible, long agreements)
    {
        Interlocked.Add(ref _fixed, @fixed);
        Interlocked.Add(ref _feasible, feasible);
        Interlocked.Add(ref _agreements, agreements);
    }

    public FeasibleSetAnswer Answer()
    {
        var proper = Image.CompleteCount;
        return new FeasibleSetAnswer(
            Image.Size,
            Image.Count,
            proper,
            _fixed,
            Reading switch
            {
                FeasibleReading.Image => Image.Count,
                FeasibleReading.Proper => proper,
                FeasibleReading.Stable => _fixed,
                FeasibleReading.Margin => Selected.Count,
                _ => _feasible,
            },
            new ExactFraction(_agreements, new System.Numerics.BigInteger(Image.Size) * Image.Code.Points),
            Reading == FeasibleReading.Proper ? Image.CompleteOnly() : Selected
        );
    }
}
