namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads lists of numbers.</summary>
internal static class Numbers
{
    private const int Most = 1000;

    public static IReadOnlyList<double> Read(Section section, string key, string what, Bounds bounds, string meaning)
    {
        var items = section.Items(key, what);
        if (items.Count > Most)
        {
            section.Problems.Error(section.At(key), section.Find(key)!, $"may list at most {Most} values");
            return [];
        }

        return
        [
            .. items
                .Select(i => Scalars.Number(i.Item, i.Path, bounds, section.Problems, meaning))
                .Where(n => n is not null)
                .Select(n => n!.Value),
        ];
    }

    /// <summary>As <see cref="Read"/>; a repeated value is a problem.</summary>
    public static IReadOnlyList<double> Distinct(
        Section section,
        string key,
        string what,
        Bounds bounds,
        string meaning
    )
    {
        var values = Read(section, key, what, bounds, meaning);
        var items = section.Items(key, what);
        for (var i = 1; i < items.Count && values.Count == items.Count; i++)
        {
            if (values.Take(i).Contains(values[i]))
            {
                section.Problems.Error(items[i].Path, items[i].Item, $"is listed twice: each {what} once");
            }
        }

        return values;
    }
}
