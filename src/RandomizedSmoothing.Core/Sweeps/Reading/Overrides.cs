using System.Globalization;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>
/// Applies <c>path=value</c> overrides to a document. A step of a path is a key, an index (<c>[0]</c> or <c>0</c>), or the
/// <c>name</c> of an item of a list.
/// </summary>
internal sealed class Overrides
{
    private const int LongestPath = 200;
    private readonly string _override;
    private readonly SourceMark _mark;
    private readonly ProblemList _problems;
    private readonly YamlTree? _value;

    private Overrides(string @override, YamlTree value, ProblemList problems)
    {
        _override = @override;
        _mark = new SourceMark(0, 0, @override);
        _problems = problems;
        _value = value is YamlScalar { IsNull: true } ? null : value;
    }

    /// <summary>The document with every override applied in order; one that cannot be applied becomes a problem.</summary>
    public static YamlTree Apply(YamlTree root, IReadOnlyList<string> overrides, ProblemList problems)
    {
        foreach (var text in overrides)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var path = equals < 0 ? "" : text[..equals].Trim();
            if (path.Length is 0 or > LongestPath)
            {
                var mark = new SourceMark(0, 0, text);
                problems.Error("", mark, text, "an override reads path=value", "for example: --set certify.n=1000");
                continue;
            }

            var value = YamlTreeReader.Read(text[(equals + 1)..], problems, text);
            if (value is not null)
            {
                root = new Overrides(text, value, problems).Set(root, path, "") ?? root;
            }
        }

        return root;
    }

    /// <summary>The value with the override applied below it; null where the value is to be removed.</summary>
    private YamlTree? Set(YamlTree? current, string rest, string done)
    {
        if (rest.Length == 0)
        {
            return _value;
        }

        switch (current)
        {
            case YamlList list:
                return SetItem(list, rest, done);
            case YamlMap map:
                return SetKey(map, rest, done);
            case null or YamlScalar { IsNull: true }:
                return _value is null ? current : SetKey(new YamlMap(_mark, []), rest, done);
            default:
                return Refuse(current, rest, $"{Place(done)} is {current.Kind} and has nothing below it");
        }
    }

    private YamlTree SetKey(YamlMap map, string rest, string done)
    {
        var end = rest.AsSpan().IndexOfAny('.', '[');
        var key = end < 0 ? rest : rest[..end];
        if (key.Length == 0 || (end >= 0 && rest[end] == '.' && end == rest.Length - 1))
        {
            return Refuse(map, rest, $"{Place(done)} is a mapping: the next step of the path must be one of its keys");
        }

        var below = end < 0 ? "" : Step(rest[end..]);
        var place = done.Length == 0 ? key : $"{done}.{key}";
        return map.With(key, _mark, Set(map.Find(key)?.Value, below, place));
    }

    private YamlTree SetItem(YamlList list, string rest, string done)
    {
        var index = -1;
        var below = "";
        if (rest[0] == '[')
        {
            var close = rest.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || !TryIndex(rest[1..close], out index))
            {
                return Refuse(list, rest, "an index reads [0], [1], …");
            }

            below = Step(rest[(close + 1)..]);
        }
        else
        {
            (index, below) = Named(list, rest);
        }

        if (index < 0 || index >= list.Items.Count)
        {
            var names = list.Items.Select(NameOf).OfType<string>().ToList();
            var known = names.Count == 0 ? $"items 0 to {list.Items.Count - 1}" : string.Join(", ", names);
            var rule = $"{Place(done)} lists {known}; there is no '{rest}' among them";
            return Refuse(list, rest, rule, Suggestions.DidYouMean(rest.Split('.')[0], names));
        }

        var items = list.Items.ToList();
        var item = items[index];
        if (below.Length > 0 && item is YamlScalar && NameOf(item) is not null)
        {
            item = new YamlMap(item.Mark, [new YamlEntry("name", item.Mark, item)]);
        }

        var changed = Set(item, below, $"{done}[{index}]");
        if (changed is null)
        {
            items.RemoveAt(index);
        }
        else
        {
            items[index] = changed;
        }

        return new YamlList(list.Mark, items);
    }

    private static (int Index, string Below) Named(YamlList list, string rest)
    {
        var best = (Index: -1, Length: 0);
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (
                NameOf(list.Items[i]) is { } name
                && name.Length > best.Length
                && rest.StartsWith(name, StringComparison.Ordinal)
                && (rest.Length == name.Length || rest[name.Length] is '.' or '[')
            )
            {
                best = (i, name.Length);
            }
        }

        if (best.Index >= 0)
        {
            return (best.Index, Step(rest[best.Length..]));
        }

        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return TryIndex(dot < 0 ? rest : rest[..dot], out var index)
            ? (index, dot < 0 ? "" : rest[(dot + 1)..])
            : (-1, "");
    }

    /// <summary>The name of an item: its <c>name</c>, or the item itself where it is a bare word.</summary>
    private static string? NameOf(YamlTree item) =>
        item switch
        {
            YamlMap map => (map.Find("name")?.Value as YamlScalar)?.Text,
            YamlScalar { IsNull: false } scalar when !Scalars.TryNumber(scalar.Text, out _) => scalar.Text,
            _ => null,
        };

    private static bool TryIndex(string text, out int index) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    private static string Step(string rest) => rest.StartsWith('.') ? rest[1..] : rest;

    private static string Place(string done) => done.Length == 0 ? "the sweep file" : $"'{done}'";

    private YamlTree Refuse(YamlTree unchanged, string rest, string rule, string hint = "")
    {
        _problems.Error(rest, _mark, _override, rule, hint);
        return unchanged;
    }
}
