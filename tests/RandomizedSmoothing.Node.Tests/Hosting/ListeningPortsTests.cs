using System.Net.Sockets;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Hosting;

public sealed class ListeningPortsTests
{
    private static readonly NodeOptions Options = NodeOptionsReader.Read(
        new Dictionary<string, IReadOnlyList<string>>(),
        new Dictionary<string, string>()
    );

    [Fact]
    public void A_port_that_is_taken_while_the_node_starts_is_named() =>
        ListeningPorts
            .Refusal(new IOException("bind", new SocketException((int)SocketError.AddressAlreadyInUse)), Options)
            .ShouldNotBeNull()
            .Message.ShouldStartWith("The node cannot listen on ");

    [Fact]
    public void A_ledger_that_refuses_connections_is_not_taken_for_a_port_of_the_node()
    {
        var refused = new SocketException((int)SocketError.ConnectionRefused);
        var explained = new UserErrorException("The ledger does not answer.", new IOException("connect", refused));

        ListeningPorts.Refusal(explained, Options).ShouldBeNull();
        ListeningPorts.Refusal(new AggregateException(explained), Options).ShouldBeNull();
    }
}
