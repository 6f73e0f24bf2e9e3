using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>
/// A port before a server. Once a statement has been answered that holds given words, nothing passes any more until
/// <see cref="Thaw"/>, while all connections stay open: to the server, its client is frozen in the middle of a transaction.
/// </summary>
internal sealed class FrozenClient(int server, string words) : LoopbackRelay(server)
{
    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _words = Encoding.UTF8.GetBytes(words);

    /// <summary>Completes when the statement was answered.</summary>
    public Task Frozen => _frozen.Task;

    public void Thaw() => _thawed.TrySetResult();

    protected override async Task PassAsync(TcpClient caller, TcpClient server, CancellationToken closing)
    {
        await server.ConnectAsync(IPAddress.Loopback, Behind, closing);
        var (up, down) = (caller.GetStream(), server.GetStream());
        var said = false;
        // Either end closes both. A statement travels in one piece: it is far smaller than the buffers.
        await Task.WhenAny(
            CopyAsync(
                up,
                async part =>
                {
                    Volatile.Write(ref said, said || part.Span.IndexOf(_words) >= 0);
                    await down.WriteAsync(part, closing);
                },
                closing
            ),
            CopyAsync(
                down,
                async part =>
                {
                    await up.WriteAsync(part, closing);
                    if (Volatile.Read(ref said))
                    {
                        _frozen.TrySetResult();
                    }
                },
                closing
            )
        );
    }

    private async Task CopyAsync(Stream from, Func<ReadOnlyMemory<byte>, Task> passOn, CancellationToken closing)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, closing)) > 0)
        {
            if (Frozen.IsCompleted)
            {
                await _thawed.Task.WaitAsync(closing);
            }

            await passOn(buffer.AsMemory(0, count));
        }
    }
}
