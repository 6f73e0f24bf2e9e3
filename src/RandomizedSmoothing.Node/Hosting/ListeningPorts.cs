using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>The ports on which a node listens: found taken before anything is started, or while it starts.</summary>
internal static class ListeningPorts
{
    /// <summary>Refuses a node whose ports are taken.</summary>
    /// <exception cref="UserErrorException">Another process listens there.</exception>
    public static void RequireFree(NodeOptions options)
    {
        try
        {
            Listen(options.Host, options.Port);
            Listen(options.Http.Host, options.Http.Port);
        }
        catch (SocketException error)
        {
            throw Taken(error, options);
        }
    }

    /// <summary>What to say where a node failed to start because it could not listen; null where that is not the cause.</summary>
    public static UserErrorException? Refusal(Exception error, NodeOptions options)
    {
        // What has been explained, as a database that refuses connections, comes from a socket, too.
        for (var cause = error; cause is not (null or UserErrorException); cause = cause.InnerException)
        {
            if (cause is SocketException or AddressInUseException)
            {
                return Taken(cause, options);
            }
        }

        return null;
    }

    private static void Listen(string host, int port)
    {
        if (port > 0 && IPAddress.TryParse(host, out var address))
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
    }

    private static UserErrorException Taken(Exception cause, NodeOptions options) =>
        new(
            $"The node cannot listen on {new HostAndPort(options.Host, options.Port)} (other nodes) and {options.Http} (HTTP): "
                + $"{cause.Message}. Stop what uses the port, or choose others with --port and --http.",
            cause
        )
        {
            ExitCode = 1,
        };
}
