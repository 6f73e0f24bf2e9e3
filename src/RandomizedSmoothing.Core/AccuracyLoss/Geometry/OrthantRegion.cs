namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>The orthant {x : x_i ≥ 0 for all i} under noise with independent coordinates.</summary>
public sealed class OrthantRegion : ConvexRegion
{
    /// <exception cref="UserErrorException">The dimension is below 1.</exception>
    public OrthantRegion(int dimension, SymmetricNoise noise)
        : base(
            dimension >= 1
                ? dimension
                : throw new UserErrorException(
                    FormattableString.Invariant($"The orthant has dimension {dimension}, but at least 1 is needed.")
                )
        )
    {
        if (noise is BallLaw { Dimension: > 1 })
        {
            throw new UserErrorException(
                "The coordinates of ball noise depend on each other, so the orthant has no product form under it. Use gaussian, laplace, uniform or logistic noise, or the wedge in the plane."
            );
        }

        Noise = noise;
    }

    public SymmetricNoise Noise { get; }

    /// <summary>How far the corner moves along every axis: F(t)^d = ½.</summary>
    public double CornerShift => Noise.Quantile(Math.Exp(-Math.Log(2) / Dimension));

    /// <summary>How far it moves along the diagonal, √d times as much.</summary>
    public double DiagonalShift => Math.Sqrt(Dimension) * CornerShift;

    public override bool Contains(ReadOnlySpan<double> point)
    {
        foreach (var x in point)
        {
            if (x < 0)
            {
                return false;
            }
        }

        return true;
    }

    public override double Vote(ReadOnlySpan<double> point)
    {
        var vote = 1.0;
        foreach (var x in point)
        {
            vote *= Noise.Cdf(x);
        }

        return vote;
    }
}
