using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>The stopping rule of a plan.</summary>
public static class StoppingRules
{
    /// <summary>
    /// The rule that a plan asks for: n draws, an anytime-valid stop, or for derandomised noise every draw there is.
    /// </summary>
    /// <param name="plan">Mode, draws, radii.</param>
    /// <param name="noise">The noise that is drawn.</param>
    /// <param name="dimension">Number of coordinates of an image.</param>
    /// <param name="images">Images of the cell, which share α under a family-wise correction.</param>
    /// <param name="norm">Norm of the radii; null for the family's own.</param>
    public static IStoppingRule For(
        CertificationPlan plan,
        NoiseDistribution noise,
        int dimension,
        int images,
        Norm? norm = null
    )
    {
        if (noise.CompleteDraws is { } complete)
        {
            return new CompleteStoppingRule(complete);
        }

        return plan.Mode == CertificationMode.Anytime
            ? new AnytimeStoppingRule(plan, noise, dimension, images, norm)
            : new FixedStoppingRule(plan);
    }

    // Derandomised noise: no selection, every estimation draw.
    private sealed class CompleteStoppingRule(long draws) : IStoppingRule
    {
        public DrawTarget? NextTarget(int label, VoteCounts selection, VoteCounts estimation) =>
            estimation.Total < draws ? new DrawTarget(DrawStream.Estimation, draws) : null;
    }
}
