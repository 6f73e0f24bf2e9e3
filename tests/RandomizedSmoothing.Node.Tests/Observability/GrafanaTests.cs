using System.Text.Json;
using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Node.Tests.Observability;

/// <summary>The dashboard asks only for metrics, and labels of them, that <see cref="MetricsTests"/> finds at a node.</summary>
public sealed partial class GrafanaTests
{
    [Fact]
    public void Every_panel_asks_for_known_metrics()
    {
        using var json = JsonDocument.Parse(Repository.Read("cluster-config", "grafana", "rsmooth.json"));
        var expressions = json
            .RootElement.GetProperty("panels")
            .EnumerateArray()
            .SelectMany(p => p.GetProperty("targets").EnumerateArray())
            .Select(t => t.GetProperty("expr").GetString()!)
            .ToList();

        expressions.Count.ShouldBeGreaterThan(10);
        var known = MetricsTests.Expected.ToDictionary(e => e.Split(' ')[0], e => e.Split(' '));
        foreach (var name in expressions.SelectMany(e => Name().Matches(e)).Select(m => m.Value))
        {
            var histogram = name.EndsWith("_bucket", StringComparison.Ordinal);
            var metric = histogram ? name[..^"_bucket".Length] : name;
            known.ShouldContainKey(metric);
            (known[metric][1] == "histogram").ShouldBe(histogram, name);
        }

        var labels = known.Values.SelectMany(k => k[2].Trim('[', ']').Split(',')).Append("instance").Append("le");
        expressions
            .SelectMany(e => Labels().Matches(e))
            .SelectMany(m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            .Concat(expressions.SelectMany(e => Filter().Matches(e)).Select(m => m.Groups[1].Value))
            .ShouldBeSubsetOf(labels);
    }

    [GeneratedRegex("[a-z]+_[a-z_]+(?=[\\[{) ])")]
    private static partial Regex Name();

    [GeneratedRegex("by \\(([^)]*)\\)")]
    private static partial Regex Labels();

    [GeneratedRegex("[{,]([a-z_]+)=")]
    private static partial Regex Filter();
}
