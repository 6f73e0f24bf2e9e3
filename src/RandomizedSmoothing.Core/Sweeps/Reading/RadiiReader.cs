using System.Globalization;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads radii: an ascending list, or <c>{ from, to, step }</c>.</summary>
internal static class RadiiReader
{
    private const int Most = 1000;
    private static readonly Bounds Radius = new(0, 1e6);

    public static IReadOnlyList<double> Read(Section section, string key)
    {
        if (section.Find(key) is YamlMap range)
        {
            return FromRange(Section.Open(range, section.At(key), section.Problems)!);
        }

        var radii = new List<double>();
        var items = section.Items(key, "radius");
        if (items.Count > Most)
        {
            section.Problems.Error(section.At(key), section.Find(key)!, $"may list at most {Most} radii");
            return [];
        }

        foreach (var (item, path) in items)
        {
            if (Scalars.Number(item, path, Radius, section.Problems) is not { } radius)
            {
                continue;
            }

            if (radii.Count > 0 && radius <= radii[^1])
            {
                section.Problems.Error(path, item, $"must be greater than the radius before it, {radii[^1]:R}");
            }

            radii.Add(radius);
        }

        return radii;
    }

    private static IReadOnlyList<double> FromRange(Section range)
    {
        var problems = range.Problems;
        var from = range.Number("from", 0, Radius);
        var to = range.Require("to", "a range needs its last radius") is null ? 0 : range.Number("to", 0, Radius);
        var step = range.Require("step", "a range needs the distance of its radii") is null
            ? 0
            : range.Number("step", 0, new Bounds(1e-9, 1e6));
        range.Close();
        if (step == 0)
        {
            return [];
        }

        if (to < from)
        {
            problems.Error(
                range.At("to"),
                range.MarkOf("to"),
                range.GivenFor("to"),
                $"must be at least 'from', {from:R}"
            );
            return [];
        }

        if ((to - from) / step >= Most)
        {
            var rule = $"a range may hold at most {Most} radii; this one holds {Math.Floor((to - from) / step) + 1:0}";
            problems.Error(range.At("step"), range.MarkOf("step"), range.GivenFor("step"), rule, "widen the step");
            return [];
        }

        // Decimal steps, so that 3 × 0.1 is 0.3 as a person would write it.
        var radii = new List<double>();
        var (first, last, delta) = ((decimal)from, (decimal)to, (decimal)step);
        for (var radius = first; radius <= last; radius += delta)
        {
            radii.Add(double.Parse(radius.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        }

        return radii;
    }
}
