using System.Net.Sockets;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// Asks a node so many times a second from one thread, in small bursts over as many connections, so that it wakes seldom.
/// </summary>
internal sealed class RequestReaders : IDisposable
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(10);
    private readonly Uri _node;
    private readonly int _rate;
    private readonly TimeProvider _time;
    private readonly byte[][] _requests;
    private readonly string[] _paths;
    private readonly KeptConnection?[] _connections;
    private readonly long[] _sent;
    private readonly List<double> _latencies = [];
    private readonly List<string> _errors = [];

    /// <summary>Readers that ask for these paths in turn.</summary>
    public RequestReaders(Uri node, string? key, string[] paths, int rate, TimeProvider time)
    {
        (_node, _paths, _rate, _time) = (node, paths, rate, time);
        _requests = [.. paths.Select(path => KeptConnection.Request(node, path, key, "application/json"))];
        _connections = new KeptConnection?[(int)Math.Clamp(Math.Ceiling(rate * Burst.TotalSeconds), 1, 256)];
        _sent = new long[_connections.Length];
    }

    /// <summary>Milliseconds from sending a request to the end of its answer.</summary>
    public IReadOnlyList<double> Latencies => _latencies;

    /// <summary>What went wrong, a sentence for every request without a good answer.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Asks for some time.</summary>
    /// <returns>How long it took until the last answer.</returns>
    public TimeSpan Run(TimeSpan length, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        var all = (long)(_rate * length.TotalSeconds);
        for (var next = 0L; next < all && !cancellation.IsCancellationRequested; )
        {
            var now = _time.GetElapsedTime(start);
            var bursts = Math.Floor(now / Burst);
            var due = Math.Min(all, (long)Math.Ceiling((bursts + 1) * Burst.TotalSeconds * _rate)) - next;
            if (due <= 0)
            {
                // Whole milliseconds: a shorter wait would be none.
                cancellation.WaitHandle.WaitOne((int)Math.Ceiling((((bursts + 1) * Burst) - now).TotalMilliseconds));
                continue;
            }

            var together = (int)Math.Min(due, _connections.Length);
            for (var i = 0; i < together; i++)
            {
                Send(i, (int)((next + i) % _paths.Length));
            }

            for (var i = 0; i < together; i++)
            {
                Receive(i, (int)((next + i) % _paths.Length));
            }

            next += together;
        }

        return _time.GetElapsedTime(start);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection?.Dispose();
        }
    }

    private void Send(int slot, int path)
    {
        try
        {
            _connections[slot] ??= new KeptConnection(_node);
            _sent[slot] = _time.GetTimestamp();
            _connections[slot]!.Send(_requests[path]);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Fail(slot, path, e.Message);
        }
    }

    private void Receive(int slot, int path)
    {
        if (_connections[slot] is not { } connection)
        {
            return;
        }

        try
        {
            if (connection.ReadAnswer() is { } error)
            {
                Fail(slot, path, error);
            }
            else
            {
                _latencies.Add(_time.GetElapsedTime(_sent[slot]).TotalMilliseconds);
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Fail(slot, path, e.Message);
        }
    }

    private void Fail(int slot, int path, string message)
    {
        _errors.Add($"{_paths[path]}: {message}");
        _connections[slot]?.Dispose();
        _connections[slot] = null;
    }
}
