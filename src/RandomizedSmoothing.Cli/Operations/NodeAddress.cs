using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Operations;

/// <summary>The HTTP address of one control node.</summary>
internal static class NodeAddress
{
    /// <summary>
    /// The address of <c>HOST:PORT</c> or a URL; for null the first of <c>--cluster</c>, else of the environment, else this machine's.
    /// </summary>
    /// <exception cref="UserErrorException">The text is no address, or two are given.</exception>
    public static Uri Of(string? given, string? cluster, Terminal terminal)
    {
        if (given is null)
        {
            return ClusterOption.Nodes(cluster, terminal)[0];
        }

        if (cluster is not null)
        {
            throw new UserErrorException(
                $"'{given}' and --cluster {cluster} both name the node that is asked; give one of them."
            );
        }

        var text = given.Contains("://", StringComparison.Ordinal) ? given : $"http://{given}";
        return
            Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && address.Host.Length > 0
            ? address
            : throw new UserErrorException(
                $"'{given}' is no address of a node: HOST:PORT or a URL is expected, as 127.0.0.1:8080."
            );
    }
}
