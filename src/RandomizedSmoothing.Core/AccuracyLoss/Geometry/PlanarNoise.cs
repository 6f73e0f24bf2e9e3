namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>Noise in the plane, as the law of its first coordinate u and the law of the second given the first.</summary>
public abstract class PlanarNoise
{
    private protected PlanarNoise(string family, double scale)
    {
        Family = family;
        Scale = scale;
    }

    public string Family { get; }

    public double Scale { get; }

    /// <summary>Beyond this distance along u there is no mass that matters.</summary>
    public abstract double Reach { get; }

    /// <summary>The density of u.</summary>
    public abstract double Density(double u);

    /// <summary>P(from ≤ v ≤ to | u).</summary>
    public abstract double Conditional(double u, double from, double to);

    /// <summary>Two independent coordinates of one law.</summary>
    public static PlanarNoise Independent(SymmetricNoise law) => new ProductNoise(law);

    /// <summary>Uniform in the disc: the ball model.</summary>
    public static PlanarNoise Disc(double radius) => new DiscNoise(radius);

    /// <summary>The planar noise of a family: a disc for <c>ball</c>, independent coordinates otherwise.</summary>
    public static PlanarNoise Of(SymmetricNoise law) => law is BallLaw ball ? Disc(ball.Scale) : Independent(law);

    private sealed class ProductNoise(SymmetricNoise law) : PlanarNoise(law.Family, law.Scale)
    {
        public override double Reach => law.Reach;

        public override double Density(double u) => law.Density(u);

        public override double Conditional(double u, double from, double to) => law.Probability(from, to);
    }

    private sealed class DiscNoise(double radius) : PlanarNoise("ball", radius)
    {
        public override double Reach => Scale;

        public override double Density(double u) =>
            Math.Abs(u) >= Scale ? 0 : 2 * Math.Sqrt((Scale - u) * (Scale + u)) / (Math.PI * Scale * Scale);

        public override double Conditional(double u, double from, double to)
        {
            var half = Math.Sqrt(Math.Max(0, (Scale - u) * (Scale + u)));
            return half == 0 ? 0 : Math.Max(0, Math.Min(to, half) - Math.Max(from, -half)) / (2 * half);
        }
    }
}
