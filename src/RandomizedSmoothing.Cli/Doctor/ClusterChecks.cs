using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Doctor;

/// <summary>Whether control nodes are reachable and fit each other and this program.</summary>
internal static class ClusterChecks
{
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> AllAsync(
        IReadOnlyList<Uri> nodes,
        string? key,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var findings = new List<Finding>();
        var versions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            findings.Add(await HealthAsync(node, cancellation));
            using var client = new ApiClient([node], key);
            try
            {
                var before = time.GetUtcNow();
                var about = await client.GetAsync<AboutView>("/api/v1/about", cancellation);
                var after = time.GetUtcNow();
                versions.Add(about.Version);
                findings.Add(Clock(node, about, before, after));
            }
            catch (UserErrorException error)
            {
                findings.Add(Finding.Bad($"{node.Authority} api", error.Message));
            }
        }

        var own = AboutView.Of(time).Version;
        if (versions.Count > 0)
        {
            versions.Add(own);
            findings.Add(
                versions.Count == 1
                    ? Finding.Ok("versions", $"all {own}")
                    : Finding.Warn("versions", $"{string.Join(", ", versions.Order())}; this program is {own}")
            );
        }

        return findings;
    }

    private static Finding Clock(Uri node, AboutView about, DateTimeOffset before, DateTimeOffset after)
    {
        var skew = about.Time - before - ((after - before) / 2);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{about.Version} on {about.Runtime}, clock {skew.TotalSeconds:+0.0;-0.0;0} s beside this machine's"
        );
        return skew.Duration() > MostSkew
            ? Finding.Warn($"{node.Authority} clock", text + ": set both by NTP, or times in reports mislead")
            : Finding.Ok($"{node.Authority} clock", text);
    }

    private static async Task<Finding> HealthAsync(Uri node, CancellationToken cancellation)
    {
        var check = $"{node.Authority} health";
        var readiness = await NodeReadiness.AskAsync(node, cancellation);
        return readiness.IsReady ? Finding.Ok(check, readiness.Text) : Finding.Bad(check, readiness.Text);
    }
}
