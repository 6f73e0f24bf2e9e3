namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>
/// The wedge {(u, v) : |v| ≤ u tan θ} of half-angle θ with its apex at the origin; θ = 90° is a half-plane. Smoothing
/// rounds it off: far from the apex the sides stay, near it the boundary recedes.
/// </summary>
public sealed class WedgeRegion : PolygonRegion
{
    /// <param name="halfAngleDegrees">In (0, 90].</param>
    /// <param name="noise">Noise in the plane, its first coordinate along the axis of the wedge.</param>
    /// <exception cref="UserErrorException">The angle is out of range.</exception>
    public WedgeRegion(double halfAngleDegrees, PlanarNoise noise)
        : base(Sides(halfAngleDegrees), noise) => HalfAngleDegrees = halfAngleDegrees;

    public double HalfAngleDegrees { get; }

    /// <summary>How far the apex of S(C) lies from that of C, along the axis.</summary>
    public double ApexShift
    {
        get
        {
            // The vote on the axis grows with the distance; the apex is where it reaches one half.
            var far = Noise.Scale;
            while (Vote([far, 0]) < 0.5)
            {
                far *= 2;
            }

            return HalfAngleDegrees == 90 ? 0 : far - Root.OfDecreasing(back => Vote([far - back, 0]) - 0.5, 0, far);
        }
    }

    private static HalfPlane[] Sides(double halfAngle)
    {
        if (!(halfAngle > 0) || halfAngle > 90)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"The half-angle of the wedge is {halfAngle} degrees, but it must lie in (0, 90]: a right-angled wedge has 45."
                )
            );
        }

        if (halfAngle == 90)
        {
            return [new HalfPlane(1, 0, 0)];
        }

        var (sin, cos) = Math.SinCos(halfAngle * Math.PI / 180);
        return [new HalfPlane(sin, -cos, 0), new HalfPlane(sin, cos, 0)];
    }
}
