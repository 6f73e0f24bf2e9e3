using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>
/// A port before a server. Once a statement has been answered that holds given words, nothing passes any more until
/// <see cref="Thaw"/>, while all connections stay open: to the server, its client is frozen in the middle of a transaction.
/// </summary>
internal sealed class FrozenClient : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _connections = [];
    private readonly int _server;
    private readonly byte[] _words;
    private readonly Task _accepting;

    public FrozenClient(int server, string words)
    {
        (_server, _words) = (server, Encoding.UTF8.GetBytes(words));
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Completes when the statement was answered.</summary>
    public Task Frozen => _frozen.Task;

    public void Thaw() => _thawed.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _closing.Dispose();
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

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _closing.Token);
                var (up, down) = (client.GetStream(), server.GetStream());
                var said = new Words(_words);
                // Either end closes both.
                await Task.WhenAny(
                    CopyAsync(up, down, said.Hear, () => { }),
                    CopyAsync(down, up, _ => { }, FreezeIfSaid)
                );

                void FreezeIfSaid()
                {
                    if (said.Heard)
                    {
                        _frozen.TrySetResult();
                    }
                }
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }
    }

    private async Task CopyAsync(Stream from, Stream to, Action<ReadOnlyMemory<byte>> before, Action after)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, _closing.Token)) > 0)
        {
            if (Frozen.IsCompleted)
            {
                await _thawed.Task.WaitAsync(_closing.Token);
            }

            before(buffer.AsMemory(0, count));
            await to.WriteAsync(buffer.AsMemory(0, count), _closing.Token);
            after();
        }
    }

    // A statement travels in one piece: it is far smaller than the buffers.
    private sealed class Words(byte[] words)
    {
        private volatile bool _heard;

        public bool Heard => _heard;

        public void Hear(ReadOnlyMemory<byte> part) => _heard |= part.Span.IndexOf(words) >= 0;
    }
}
