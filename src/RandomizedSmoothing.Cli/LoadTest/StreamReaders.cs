using System.Net.Sockets;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// Follows a sweep by many event streams from one thread. Nobody waits for the single event, so that it looks for news of all
/// streams a few times a second instead of being woken for each.
/// </summary>
internal sealed class StreamReaders(Uri node, string? key, string path, int count)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private readonly byte[] _request = KeptConnection.Request(node, path, key, "text/event-stream");
    private readonly List<string> _errors = [];
    private byte _last;

    /// <summary>Events that were read.</summary>
    public long Events { get; private set; }

    /// <summary>What went wrong, a sentence for every stream that ended or never began.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Follows until it is called off.</summary>
    public void Run(CancellationToken cancellation)
    {
        var open = new List<Stream>();
        try
        {
            for (var i = 0; i < count && !cancellation.IsCancellationRequested; i++)
            {
                Try(() => open.Add(Open()));
            }

            while (!cancellation.WaitHandle.WaitOne(BetweenLooks))
            {
                foreach (var stream in open.Where(stream => !Try(() => Look(stream))).ToList())
                {
                    open.Remove(stream);
                    stream.Connection.Dispose();
                }
            }
        }
        finally
        {
            open.ForEach(stream => stream.Connection.Dispose());
        }
    }

    private Stream Open()
    {
        var stream = new Stream(new KeptConnection(node));
        stream.Connection.Send(_request);
        return stream;
    }

    private void Look(Stream stream)
    {
        _last = stream.Last;
        if (!stream.HasBegun)
        {
            stream.HasBegun = true;
            if (stream.Connection.ReadStart(CountEvents) is { } refusal)
            {
                throw new IOException(refusal);
            }
        }

        if (!stream.Connection.ReadNews(CountEvents))
        {
            throw new IOException("ended before the test did");
        }

        stream.Last = _last;
    }

    // An event ends with an empty line.
    private void CountEvents(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
        {
            return;
        }

        Events += _last == '\n' && part[0] == '\n' ? 1 : 0;
        _last = part[^1];
        Events += part.Count("\n\n"u8);
    }

    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            _errors.Add($"{path}: {e.Message}");
            return false;
        }
    }

    private sealed class Stream(KeptConnection connection)
    {
        public KeptConnection Connection { get; } = connection;

        public bool HasBegun { get; set; }

        public byte Last { get; set; }
    }
}
