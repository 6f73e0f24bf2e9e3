using System.Net;
using System.Net.Sockets;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>A port on loopback before another. What passes between the two is the business of who derives from it.</summary>
internal abstract class LoopbackRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    protected LoopbackRelay(int behind)
    {
        Behind = behind;
        _listener.Start();
        Port = PortOf(_listener);
        _accepting = AcceptAsync();
    }

    /// <summary>Where others knock.</summary>
    public int Port { get; }

    /// <summary>Where the server listens.</summary>
    public int Behind { get; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Connects to the server and passes on what either end sends, until one of them closes.</summary>
    protected abstract Task PassAsync(TcpClient caller, TcpClient server, CancellationToken closing);

    /// <summary>A port that nobody listens on.</summary>
    protected static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return PortOf(free);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using var server = new TcpClient();
        using (caller)
        {
            try
            {
                await PassAsync(caller, server, _closing.Token);
            }
            catch (Exception cut) when (cut is OperationCanceledException or SocketException)
            {
                // Cut, or nobody listens behind the port, or the test is over.
            }
        }
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
