using System.Net;
using System.Net.Sockets;

namespace RandomizedSmoothing.Cluster.Tests.Membership;

/// <summary>
/// A port on loopback behind which a node listens on another. Connections pass until they are cut; the next one can be held,
/// accepted and unanswered, until it is let through.
/// </summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _through = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private int _hold;

    public Door()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Behind = PortOf(free);
        }

        _listener.Start();
        Port = PortOf(_listener);
        _accepting = AcceptAsync();
    }

    /// <summary>Where others knock.</summary>
    public int Port { get; }

    /// <summary>Where the node listens.</summary>
    public int Behind { get; }

    /// <summary>Completes when a connection is held.</summary>
    public Task Held => _held.Task;

    /// <summary>Cuts the connections, as the death of a process does, and holds the next one.</summary>
    public void CutAndHoldNext()
    {
        Volatile.Write(ref _hold, 1);
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    /// <summary>Cuts the connections and those that are made until the door is opened.</summary>
    public void Shut() => _cut.Cancel();

    /// <summary>Lets connections pass again.</summary>
    public void Open() => Volatile.Write(ref _cut, new CancellationTokenSource());

    /// <summary>Lets the held connection through.</summary>
    public void LetThrough() => _through.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _closing.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient caller)
    {
        using var node = new TcpClient();
        using (caller)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(
                _closing.Token,
                Volatile.Read(ref _cut).Token
            );
            try
            {
                if (Interlocked.Exchange(ref _hold, 0) == 1)
                {
                    _held.TrySetResult();
                    await _through.Task.WaitAsync(end.Token);
                }

                await node.ConnectAsync(IPAddress.Loopback, Behind, end.Token);
                // Either end closes both.
                await Task.WhenAny(
                    caller.GetStream().CopyToAsync(node.GetStream(), end.Token),
                    node.GetStream().CopyToAsync(caller.GetStream(), end.Token)
                );
            }
            catch (Exception cut) when (cut is OperationCanceledException or SocketException)
            {
                // Cut, or nobody listens behind the door.
            }
        }
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
