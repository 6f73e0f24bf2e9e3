namespace RandomizedSmoothing.Core.Certification;

/// <summary>Draw until the contiguous prefix of <paramref name="Stream"/> holds <paramref name="Draws"/> draws.</summary>
public readonly record struct DrawTarget(DrawStream Stream, long Draws);

/// <summary>
/// Decides, from the votes of an image's contiguous draw prefixes alone, what to draw next. A pure function: the answer
/// depends neither on the worker nor on how the draws were split, so every run stops at the same draw.
/// </summary>
public interface IStoppingRule
{
    /// <summary>The next target, or null when the image is finished.</summary>
    /// <param name="label">The image's label.</param>
    /// <param name="selection">Votes of the selection prefix.</param>
    /// <param name="estimation">Votes of the estimation prefix.</param>
    DrawTarget? NextTarget(int label, VoteCounts selection, VoteCounts estimation);
}

/// <summary>n0 selection draws, then n estimation draws (Cohen et al. 2019, Alg. 1).</summary>
public sealed class FixedStoppingRule(CertificationPlan plan) : IStoppingRule
{
    /// <inheritdoc />
    public DrawTarget? NextTarget(int label, VoteCounts selection, VoteCounts estimation)
    {
        if (selection.Total < plan.N0)
        {
            return new DrawTarget(DrawStream.Selection, plan.N0);
        }

        if (plan.Images == CertifiedImages.Correct && selection.TopClass != label)
        {
            return null;
        }

        return estimation.Total < plan.N ? new DrawTarget(DrawStream.Estimation, plan.N) : null;
    }
}
