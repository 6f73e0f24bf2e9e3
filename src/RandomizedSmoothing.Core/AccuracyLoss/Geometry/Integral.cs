namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>Adaptive integration by the 7-point Gauss and 15-point Kronrod rules (QUADPACK's qk15).</summary>
internal static class Integral
{
    private static readonly double[] Nodes =
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691693380,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
        0.000000000000000000000000000000000,
    ];

    private static readonly double[] Kronrod =
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
        0.209482141084727828012999174891714,
    ];

    private static readonly double[] Gauss =
    [
        0.129484966168869693270611432679082,
        0.279705391489276667901467771423780,
        0.381830050505118944950369775488975,
        0.417959183673469387755102040816327,
    ];

    /// <summary>∫ f over [from, to], split at the given places first, to the absolute tolerance.</summary>
    public static double Of(
        Func<double, double> f,
        double from,
        double to,
        IEnumerable<double> breaks,
        double tolerance = 1e-13
    )
    {
        if (!(to > from))
        {
            return 0;
        }

        var edges = breaks.Where(b => b > from && b < to).Append(from).Append(to).Distinct().Order().ToArray();
        var sum = 0.0;
        for (var i = 0; i + 1 < edges.Length; i++)
        {
            sum += Piece(f, edges[i], edges[i + 1], tolerance / (edges.Length - 1), 40);
        }

        return sum;
    }

    private static double Piece(Func<double, double> f, double from, double to, double tolerance, int depth)
    {
        var centre = (from + to) / 2;
        var half = (to - from) / 2;
        var middle = f(centre);
        var kronrod = Kronrod[7] * middle;
        var gauss = Gauss[3] * middle;
        for (var i = 0; i < 7; i++)
        {
            var pair = f(centre - (half * Nodes[i])) + f(centre + (half * Nodes[i]));
            kronrod += Kronrod[i] * pair;
            gauss += i % 2 == 1 ? Gauss[i / 2] * pair : 0;
        }

        if (Math.Abs(kronrod - gauss) * half <= tolerance || depth == 0)
        {
            return kronrod * half;
        }

        return Piece(f, from, centre, tolerance / 2, depth - 1) + Piece(f, centre, to, tolerance / 2, depth - 1);
    }
}
