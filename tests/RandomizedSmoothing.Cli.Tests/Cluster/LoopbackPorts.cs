using System.Net;
using System.Net.Sockets;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>
/// Free TCP ports of the loopback address, none given out twice by one test process. They lie below the range from which the
/// system takes the ports of outgoing connections, so none is lost between being found free and being used.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private static int _next = Environment.ProcessId * 97 % Count;

    public static int Take()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + Interlocked.Increment(ref _next) % Count;
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No port is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
