namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>
/// A closed convex set C with a noise law: the region of one class against everything else. Smoothing keeps the points
/// where the noisy input stays inside with probability at least one half, S(C) = {x : P(x + ε ∈ C) ≥ ½}; for symmetric
/// noise S(C) ⊆ C, because the half-space beyond a supporting hyperplane already takes one half.
/// </summary>
public abstract class ConvexRegion
{
    private protected ConvexRegion(int dimension) => Dimension = dimension;

    public int Dimension { get; }

    /// <summary>Whether the point lies in C.</summary>
    public abstract bool Contains(ReadOnlySpan<double> point);

    /// <summary>P(x + ε ∈ C).</summary>
    public abstract double Vote(ReadOnlySpan<double> point);

    /// <summary>Whether the point lies in S(C).</summary>
    public bool Keeps(ReadOnlySpan<double> point) => Vote(point) >= 0.5;
}
