using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Node.Access;

/// <summary>
/// Keeps one address from taking all connections of a node: what it opens beyond its share is closed at once, so that others,
/// and the supervisor that asks for the node's health, still get in.
/// </summary>
/// <param name="most">Connections that one address may hold at a time.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Says who was refused, at most once a minute.</param>
internal sealed class ConnectionShare(int most, TimeProvider time, ILogger<ConnectionShare> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];
    private long _saidAt;

    /// <summary>Serves a connection, or closes it.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryEnter(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(address);
            if (open < most)
            {
                _open[address] = open + 1;
                return true;
            }

            if (_saidAt != 0 && time.GetElapsedTime(_saidAt) < Quiet)
            {
                return false;
            }

            _saidAt = time.GetTimestamp();
        }

        log.LogWarning("Refused connections of {Address}: it holds {Most} already", address, most);
        return false;
    }

    private void Leave(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open[address] - 1;
            if (open == 0)
            {
                _open.Remove(address);
            }
            else
            {
                _open[address] = open;
            }
        }
    }
}
