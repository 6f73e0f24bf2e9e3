using System.Diagnostics;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>A network namespace joined to this machine by one cable that can be pulled. Takes root on Linux.</summary>
internal sealed class CutNetwork : IAsyncDisposable
{
    private static readonly int Number = Environment.ProcessId % 250;

    private CutNetwork() { }

    /// <summary>The namespace.</summary>
    public static string Name => $"rsmooth-{Number}";

    /// <summary>This machine's end of the cable.</summary>
    public static string Here => $"10.231.{Number}.1";

    /// <summary>The namespace's end.</summary>
    public static string There => $"10.231.{Number}.2";

    private static string Cable => $"rsm{Number}";

    /// <summary>Makes the namespace; null where this process may not.</summary>
    public static async Task<CutNetwork?> CreateAsync()
    {
        if (!await TryAsync($"netns add {Name}"))
        {
            return null;
        }

        var network = new CutNetwork();
        var made =
            await TryAsync($"link add {Cable} type veth peer name {Cable}x")
            && await TryAsync($"link set {Cable}x netns {Name}")
            && await TryAsync($"addr add {Here}/30 dev {Cable}")
            && await TryAsync($"link set {Cable} up")
            && await TryAsync($"-n {Name} addr add {There}/30 dev {Cable}x")
            && await TryAsync($"-n {Name} link set {Cable}x up")
            && await TryAsync($"-n {Name} link set lo up");
        if (!made)
        {
            await network.DisposeAsync();
            return null;
        }

        return network;
    }

    /// <summary>Pulls the cable: packets are lost without a word, connections stay open on both sides.</summary>
    public async Task CutAsync() => (await TryAsync($"-n {Name} link set {Cable}x down")).ShouldBeTrue();

    /// <summary>Puts the cable back.</summary>
    public async Task HealAsync() => (await TryAsync($"-n {Name} link set {Cable}x up")).ShouldBeTrue();

    /// <summary>
    /// Makes the cable a bad one: one packet in twenty is lost on either way, and one megabit a second comes out of the namespace.
    /// False where the system cannot.
    /// </summary>
    public static async Task<bool> SpoilAsync()
    {
        const string Lost = "-m statistic --mode random --probability 0.05 -j DROP";
        return await TryAsync($"netns exec {Name} iptables -A INPUT -i {Cable}x {Lost}")
            && await TryAsync($"netns exec {Name} iptables -A OUTPUT -o {Cable}x {Lost}")
            && await TryAsync(
                $"netns exec {Name} tc qdisc add dev {Cable}x root tbf rate 1mbit burst 16kb latency 400ms"
            );
    }

    public async ValueTask DisposeAsync()
    {
        await TryAsync($"link del {Cable}");
        await TryAsync($"netns del {Name}");
    }

    private static async Task<bool> TryAsync(string arguments)
    {
        try
        {
            using var ip = Process.Start(
                new ProcessStartInfo("ip", arguments.Split(' ')) { RedirectStandardError = true }
            )!;
            await ip.WaitForExitAsync();
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
