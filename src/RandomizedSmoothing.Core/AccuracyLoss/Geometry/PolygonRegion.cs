namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>The closed half-plane a·u + b·v ≥ c.</summary>
public readonly record struct HalfPlane(double A, double B, double C);

/// <summary>
/// An intersection of half-planes, bounded or not. The vote is one integral over u of the probability that v falls in the
/// slice, whose ends are linear between the corners.
/// </summary>
public class PolygonRegion : ConvexRegion
{
    private readonly HalfPlane[] _sides;
    private readonly double[] _corners;

    /// <param name="sides">At least one half-plane with a non-zero normal.</param>
    /// <param name="noise">Noise in the plane.</param>
    public PolygonRegion(IEnumerable<HalfPlane> sides, PlanarNoise noise)
        : base(2)
    {
        Noise = noise;
        _sides = [.. sides];
        if (_sides.Length == 0 || _sides.Any(s => s is { A: 0, B: 0 }))
        {
            throw new ArgumentException("A polygon needs half-planes with normals that are not zero.", nameof(sides));
        }

        var corners = new List<double>();
        for (var i = 0; i < _sides.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var determinant = (_sides[i].A * _sides[j].B) - (_sides[j].A * _sides[i].B);
                corners.Add(((_sides[i].C * _sides[j].B) - (_sides[j].C * _sides[i].B)) / determinant);
            }
        }

        _corners = [.. corners.Where(double.IsFinite)];
    }

    public PlanarNoise Noise { get; }

    public override bool Contains(ReadOnlySpan<double> point)
    {
        foreach (var side in _sides)
        {
            if ((side.A * point[0]) + (side.B * point[1]) < side.C)
            {
                return false;
            }
        }

        return true;
    }

    public override double Vote(ReadOnlySpan<double> point)
    {
        var (x, y) = (point[0], point[1]);
        double Slice(double u)
        {
            var (from, to) = SliceAt(x + u);
            return to > from ? Noise.Density(u) * Noise.Conditional(u, from - y, to - y) : 0;
        }

        var (left, right) = (-Noise.Reach, Noise.Reach);
        foreach (var side in _sides)
        {
            if (side.B == 0)
            {
                left = side.A > 0 ? Math.Max(left, (side.C / side.A) - x) : left;
                right = side.A < 0 ? Math.Min(right, (side.C / side.A) - x) : right;
            }
        }

        // Kinks and steep places: the corners, the centre and scale of the noise, and where a side passes the heights at
        // which the noise begins, changes and ends, a nearly vertical side within a sliver; and where it enters and leaves the
        // disc that holds the noise.
        double[] heights = [y, y - Noise.Scale, y + Noise.Scale, y - Noise.Reach, y + Noise.Reach];
        var breaks = _corners
            .Concat(_sides.Where(s => s.A != 0).SelectMany(s => heights.Select(v => (s.C - (s.B * v)) / s.A)))
            .Select(u => u - x)
            .Concat(_sides.SelectMany(side => MeetingCircle(side, x, y, Noise.Reach)))
            .Concat([0, -Noise.Scale, Noise.Scale]);
        return Integral.Of(Slice, left, right, breaks);
    }

    // Where the side meets a circle about the point, from the point on; none where it passes by.
    private static double[] MeetingCircle(HalfPlane side, double x, double y, double radius)
    {
        var square = (side.A * side.A) + (side.B * side.B);
        var offset = side.C - (side.A * x) - (side.B * y);
        var chord = (square * radius * radius) - (offset * offset);
        if (!(chord > 0))
        {
            return [];
        }

        var (middle, half) = (side.A * offset / square, side.B * Math.Sqrt(chord) / square);
        return [middle - half, middle + half];
    }

    private (double From, double To) SliceAt(double u)
    {
        var (from, to) = (double.NegativeInfinity, double.PositiveInfinity);
        foreach (var side in _sides)
        {
            if (side.B > 0)
            {
                from = Math.Max(from, (side.C - (side.A * u)) / side.B);
            }
            else if (side.B < 0)
            {
                to = Math.Min(to, (side.C - (side.A * u)) / side.B);
            }
        }

        return (from, to);
    }
}
