using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Certificates;

/// <summary>At which radii tables and <c>curves.csv</c> tell the certified accuracy.</summary>
public static class ReportRadii
{
    private const int CurvePoints = 200;
    private static readonly double[] Mantissas = [1, 2, 2.5, 5];

    /// <summary>The radii of a table: those the sweep file lists, else about six round ones up to the largest radius.</summary>
    public static IReadOnlyList<double> OfTable(ReportSpec report, IReadOnlyList<CellReport> cells)
    {
        if (report.Radii.Count > 0)
        {
            return report.Radii;
        }

        return Round(Largest(cells));
    }

    /// <summary>About six round radii from 0 up to <paramref name="largest"/>.</summary>
    public static IReadOnlyList<double> Round(double largest) =>
        largest > 0 && double.IsFinite(largest) ? Grid(0, largest, Step(largest / 5)) : [0];

    /// <summary>The radii of <c>curves.csv</c>: a fine even grid up to the largest radius, and those of the table.</summary>
    public static IReadOnlyList<double> OfCurve(ReportSpec report, IReadOnlyList<CellReport> cells)
    {
        var largest = Largest(cells);
        var table = OfTable(report, cells);
        var step = Step(Math.Max(largest, table.Max()) / CurvePoints);
        return [.. Grid(0, Math.Max(largest, table.Max()), step).Concat(table).Distinct().Order()];
    }

    // The least round number (1, 2, 2.5 or 5 times a power of ten) that is at least this.
    private static double Step(double least)
    {
        if (!(least > 0))
        {
            return 1;
        }

        var power = (int)Math.Floor(Math.Log10(least));
        foreach (var mantissa in Mantissas.Append(10))
        {
            var step = (double)((decimal)mantissa * Power(power));
            if (step >= least)
            {
                return step;
            }
        }

        return (double)(10 * Power(power));
    }

    // Multiples as decimals, so that 0.3 is 0.3 and not 0.30000000000000004.
    private static List<double> Grid(double from, double to, double step)
    {
        var radii = new List<double>();
        for (var radius = (decimal)from; (double)radius <= to; radius += (decimal)step)
        {
            radii.Add((double)radius);
        }

        return radii;
    }

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (var at = 0; at < Math.Abs(exponent); at++)
        {
            power = exponent > 0 ? power * 10 : power / 10;
        }

        return power;
    }

    private static double Largest(IReadOnlyList<CellReport> cells) =>
        cells
            .SelectMany(c => c.Certificates)
            .Where(c => c.Correct && double.IsFinite(c.Radius))
            .Select(c => c.Radius)
            .DefaultIfEmpty(0)
            .Max();
}
