using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// A connection to a node over which one thread asks and waits: as little as HTTP/1.1 takes, because the sweep under test
/// shares the machine. Failures are <see cref="IOException"/> or <see cref="SocketException"/>.
/// </summary>
internal sealed class KeptConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Connects.</summary>
    public KeptConnection(Uri node)
    {
        try
        {
            _socket.ReceiveTimeout = _socket.SendTimeout = (int)Patience.TotalMilliseconds;
            _socket.Connect(node.IdnHost, node.Port);
            _stream = new NetworkStream(_socket, ownsSocket: true);
            if (node.Scheme == Uri.UriSchemeHttps)
            {
                var secure = new SslStream(_stream);
                _stream = secure;
                secure.AuthenticateAsClient(node.IdnHost);
            }
        }
        catch (Exception e)
        {
            _socket.Dispose();
            if (e is System.Security.Authentication.AuthenticationException)
            {
                throw new IOException(e.Message, e);
            }

            throw;
        }
    }

    /// <summary>The bytes of a request.</summary>
    public static byte[] Request(Uri node, string path, string? key, string accept) =>
        Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {node.Authority}\r\nAccept: {accept}\r\n"
                + (key is null ? "" : $"Authorization: Bearer {key}\r\n")
                + "\r\n"
        );

    /// <summary>Sends a request; its answer must be read before the next.</summary>
    public void Send(byte[] request) => _stream.Write(request);

    /// <summary>Reads an answer of known length to its end.</summary>
    /// <returns>Null for a 200 with content, otherwise its status or what is wrong with it; the connection is then of no more use.</returns>
    public string? ReadAnswer()
    {
        var (end, filled) = ReadHead();
        var head = _buffer.AsSpan(0, end);
        if (Refusal(head) is { } refusal)
        {
            return refusal;
        }

        if (Length(head) is not { } length)
        {
            return "answered without a length";
        }

        for (var left = length - (filled - end); left > 0; )
        {
            left -= ReadSome((int)Math.Min(left, BufferBytes));
        }

        return length > 0 ? null : "answered nothing";
    }

    /// <summary>Reads the head of an answer that does not end, and passes on what came with it.</summary>
    /// <returns>Null for a 200, otherwise its status.</returns>
    public string? ReadStart(SpanAction take)
    {
        var (end, filled) = ReadHead();
        take(_buffer.AsSpan(end..filled));
        return Refusal(_buffer.AsSpan(0, end));
    }

    /// <summary>Reads what has come since, without waiting for more.</summary>
    /// <returns>False when the other side has ended the connection.</returns>
    public bool ReadNews(SpanAction take)
    {
        while (_socket.Poll(0, SelectMode.SelectRead))
        {
            var read = _stream.Read(_buffer);
            if (read == 0)
            {
                return false;
            }

            take(_buffer.AsSpan(0, read));
        }

        return true;
    }

    public void Dispose() => _stream.Dispose();

    internal delegate void SpanAction(ReadOnlySpan<byte> bytes);

    // Where the head ends in the buffer, and how much of the buffer is filled.
    private (int End, int Filled) ReadHead()
    {
        var filled = 0;
        while (true)
        {
            filled += ReadSome(BufferBytes - filled, filled);
            var end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (end + 4, filled);
            }

            if (filled == BufferBytes)
            {
                throw new IOException("The head of the answer is longer than any of a node.");
            }
        }
    }

    private int ReadSome(int most, int at = 0)
    {
        var read = _stream.Read(_buffer, at, most);
        return read > 0 ? read : throw new IOException("The node closed the connection.");
    }

    private static string? Refusal(ReadOnlySpan<byte> head)
    {
        var line = head[..head.IndexOf("\r\n"u8)];
        var status = line[(line.IndexOf((byte)' ') + 1)..];
        return status.StartsWith("200"u8) ? null : $"answered {Encoding.ASCII.GetString(status)}";
    }

    private static long? Length(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = head[(at + name.Length)..];
        return long.Parse(value[..value.IndexOf("\r\n"u8)], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
