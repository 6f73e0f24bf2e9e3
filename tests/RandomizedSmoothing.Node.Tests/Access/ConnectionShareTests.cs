using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Tests.Access;

/// <summary>Nobody takes all connections of a node.</summary>
public sealed class ConnectionShareTests
{
    private readonly ConnectionShare _share = new(2, TimeProvider.System, NullLogger<ConnectionShare>.Instance);

    [Fact]
    public async Task Who_holds_his_share_gets_no_more_until_one_ends_and_others_are_served()
    {
        var ends = new TaskCompletionSource();
        var served = 0;
        Task Open(string address) =>
            _share.ServeAsync(
                new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) },
                _ =>
                {
                    served++;
                    return ends.Task;
                }
            );
        Task[] held = [Open("192.0.2.1"), Open("192.0.2.1")];

        await Open("192.0.2.1");
        served.ShouldBe(2, "the third is closed, not served");
        held = [.. held, Open("192.0.2.2")];
        served.ShouldBe(3);

        ends.SetResult();
        await Task.WhenAll(held);
        await Open("192.0.2.1");
        served.ShouldBe(4);
    }
}
