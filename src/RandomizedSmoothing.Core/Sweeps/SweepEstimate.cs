namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>What a sweep costs, before it runs.</summary>
public sealed record SweepEstimate
{
    /// <summary>Cells of the grid.</summary>
    public required int Cells { get; init; }

    /// <summary>Base classifiers to train, each once.</summary>
    public required int Trainings { get; init; }

    /// <summary>Images, all cells.</summary>
    public required long Images { get; init; }

    /// <summary>Images that still need draws, all cells.</summary>
    public required long ImagesLeft { get; init; }

    /// <summary>Draws that the plan needs at most, those that are there included. An anytime plan usually needs far fewer.</summary>
    public required long Draws { get; init; }

    /// <summary>Draws that are taken over from the ledger.</summary>
    public required long DrawsReused { get; init; }

    /// <summary>Draws that remain at most.</summary>
    public required long DrawsLeft { get; init; }

    /// <summary>Time for the remaining draws at the measured speed, training apart; null where nothing was measured.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Estimates a sweep.</summary>
    /// <param name="definition">The sweep.</param>
    /// <param name="reuse">What it takes over.</param>
    /// <param name="secondsPerDraw">
    /// Measured seconds of one draw of a cell on all devices together, which differs by model and image size; null for not
    /// measured.
    /// </param>
    public static SweepEstimate Of(
        SweepDefinition definition,
        ReuseReport reuse,
        Func<CellDefinition, double>? secondsPerDraw = null
    )
    {
        var open = definition.Cells.Zip(reuse.Cells).Where(pair => pair.Second.DrawsMissing > 0).ToList();
        var models = open.Select(pair => pair.First.Model).ToHashSet();
        var left = reuse.Cells.Sum(c => c.DrawsMissing);
        var reused = reuse.Cells.Sum(c => c.DrawsReused);
        return new SweepEstimate
        {
            Cells = definition.Cells.Count,
            Trainings = definition
                .Models.Where(m => m.Training is not null && models.Contains(m.Key))
                .Select(m => m.Key)
                .Distinct()
                .Count(),
            Images = reuse.Cells.Sum(c => (long)c.Images),
            ImagesLeft = reuse.Cells.Sum(c => (long)c.Images - c.ImagesDone),
            Draws = reused + left,
            DrawsReused = reused,
            DrawsLeft = left,
            Duration = secondsPerDraw is null
                ? null
                : Seconds(open.Sum(pair => pair.Second.DrawsMissing * secondsPerDraw(pair.First))),
        };
    }

    private static TimeSpan Seconds(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
}
