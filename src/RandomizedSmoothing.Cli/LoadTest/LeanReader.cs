using System.Buffers;
using System.Net.Http.Headers;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// Reads a node at little cost to its own machine, which the sweep under test shares: connections are kept, answers are read
/// into one buffer and not looked into.
/// </summary>
internal sealed class LeanReader : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeWithQualityHeaderValue Events = new("text/event-stream");
    private readonly HttpClient _http;

    /// <summary>A reader of one node, with an API key or without.</summary>
    public LeanReader(Uri node, string? key) =>
        _http = new HttpClient(
            new KeyedHandler(key, new SocketsHttpHandler { ConnectTimeout = Patience, UseCookies = false })
        )
        {
            BaseAddress = node,
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Asks once and reads the answer to its end.</summary>
    /// <returns>Null when all is well, otherwise what went wrong.</returns>
    public async Task<string?> AskAsync(string path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var bytes = await ReadAsync(answer, _ => { }, limit.Token);
            return answer.IsSuccessStatusCode
                ? bytes > 0
                    ? null
                    : $"{path} answered nothing"
                : Refusal(path, answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return $"{path}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{path}: no answer within {Patience.TotalSeconds:0} s";
        }
    }

    /// <summary>Follows a stream of events until it is called off.</summary>
    /// <returns>Null when all is well, otherwise what ended it.</returns>
    public async Task<string?> FollowAsync(string path, Action onEvent, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.Add(Events);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                return Refusal(path, answer);
            }

            var last = (byte)0;
            await ReadAsync(answer, part => CountEvents(part, ref last, onEvent), cancellation);
            return $"{path} ended before the test did";
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return cancellation.IsCancellationRequested ? null : $"{path}: {e.Message}";
        }
    }

    public void Dispose() => _http.Dispose();

    private delegate void Part(ReadOnlySpan<byte> bytes);

    private static async Task<long> ReadAsync(HttpResponseMessage answer, Part take, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            var total = 0L;
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
            {
                take(buffer.AsSpan(0, read));
                total += read;
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // An event ends with an empty line.
    private static void CountEvents(ReadOnlySpan<byte> part, ref byte last, Action onEvent)
    {
        if (last == '\n' && part[0] == '\n')
        {
            onEvent();
        }

        last = part[^1];
        for (int end; (end = part.IndexOf("\n\n"u8)) >= 0; part = part[(end + 2)..])
        {
            onEvent();
        }
    }

    private static string Refusal(string path, HttpResponseMessage answer) =>
        $"{path} answered {(int)answer.StatusCode} {answer.ReasonPhrase}";
}
