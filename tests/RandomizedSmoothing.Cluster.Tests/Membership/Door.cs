using System.Net;
using System.Net.Sockets;

namespace RandomizedSmoothing.Cluster.Tests.Membership;

/// <summary>
/// A port on loopback behind which a node listens on another. Connections pass until they are cut; the next one can be held,
/// accepted and unanswered, until it is let through.
/// </summary>
internal sealed class Door() : LoopbackRelay(FreePort())
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _through = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _cut = new();
    private int _hold;

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

    protected override async Task PassAsync(TcpClient caller, TcpClient server, CancellationToken closing)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closing, Volatile.Read(ref _cut).Token);
        if (Interlocked.Exchange(ref _hold, 0) == 1)
        {
            _held.TrySetResult();
            await _through.Task.WaitAsync(end.Token);
        }

        await server.ConnectAsync(IPAddress.Loopback, Behind, end.Token);
        // Either end closes both.
        await Task.WhenAny(
            caller.GetStream().CopyToAsync(server.GetStream(), end.Token),
            server.GetStream().CopyToAsync(caller.GetStream(), end.Token)
        );
    }
}
