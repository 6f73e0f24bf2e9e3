using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;

namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>Whether somebody listens at the port of a control node, without a word of the nodes' own protocol.</summary>
internal static class SeedPort
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The first of the addresses that takes a connection; null where none does.</summary>
    public static async Task<Address?> FirstOpenAsync(IEnumerable<Address> seeds)
    {
        var open = await Task.WhenAll(seeds.Select(async seed => (Seed: seed, IsOpen: await IsOpenAsync(seed))));
        return open.FirstOrDefault(probed => probed.IsOpen).Seed;
    }

    /// <summary>What to tell a person whose node hears nothing of a control node that is there.</summary>
    public static string Explanation(Address seed, Address self, TimeSpan waited) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"This node has not heard of any control node for {waited.TotalSeconds:0} s, although {seed.Host}:{seed.Port} takes its connections. "
        )
        + $"The others call it back at {self.Host}:{self.Port}, and must reach it there: behind address translation set public-host, behind a "
        + $"firewall open the port. Otherwise that node hangs, or they do not match: the name of the actor system (here '{self.System}'), and TLS "
        + "between nodes, must be the same everywhere. It goes on trying.";

    private static async Task<bool> IsOpenAsync(Address seed)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.ConnectAsync(seed.Host ?? "", seed.Port ?? 0, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            return false;
        }
    }
}
