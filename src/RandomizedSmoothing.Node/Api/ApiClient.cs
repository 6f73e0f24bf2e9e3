using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Api;

/// <summary>
/// The HTTP API from the asking side. Several addresses may be given: the first control node that answers is used, and the next
/// one when it stops answering.
/// </summary>
/// <remarks>
/// Every member throws <see cref="UserErrorException"/>: with exit code 4 when no node answers, 2 when the node refuses the
/// request as wrong, 1 when the node itself is in trouble.
/// </remarks>
public sealed class ApiClient : IDisposable
{
    /// <summary>The exit code of a command that found no cluster.</summary>
    public const int UnreachableExitCode = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly HttpClient _http;
    private readonly IReadOnlyList<Uri> _nodes;
    private int _current;

    /// <summary>A client of the nodes at these addresses, at least one, with an API key or without.</summary>
    public ApiClient(IReadOnlyList<Uri> nodes, string? key = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(nodes.Count);
        _nodes = nodes;
        Key = key;
        _http = new HttpClient(
            new KeyedHandler(key, new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The nodes that are asked.</summary>
    public IReadOnlyList<Uri> Nodes => _nodes;

    /// <summary>The API key that is shown; null for none.</summary>
    public string? Key { get; }

    /// <summary>
    /// Told why a node does not answer, where it has been asked for <see cref="Slowness"/> and says that it is not ready. The question
    /// is not given up: a ledger that restarts, or a coordinator that moves, is back within a minute. Streams of events wait in silence.
    /// </summary>
    public Action<string>? OnWait { get; init; }

    /// <summary>How long a node takes before it is asked what it waits for.</summary>
    public TimeSpan Slowness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads a resource.</summary>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellation);
        return await ReadAsync<T>(answer, cancellation);
    }

    /// <summary>Sends a request with a body, or none, and reads the answer.</summary>
    public async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        CancellationToken cancellation
    )
    {
        using var answer = await SendAsync(method, path, body, cancellation);
        return await ReadAsync<T>(answer, cancellation);
    }

    /// <summary>Sends a request whose answer has no content that matters.</summary>
    public async Task TellAsync(HttpMethod method, string path, Func<HttpContent>? body, CancellationToken cancellation)
    {
        using var _ = await SendAsync(method, path, body, cancellation);
    }

    /// <summary>Copies a resource to a stream.</summary>
    public async Task DownloadAsync(string path, Stream target, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellation);
        try
        {
            await answer.Content.CopyToAsync(target, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new UserErrorException(
                $"The node broke off while it sent {path}: {e.Message} Try again; if it persists, the node's log says more.",
                e
            )
            {
                ExitCode = 1,
            };
        }
    }

    /// <summary>A text body, as YAML of a sweep file.</summary>
    public static HttpContent Text(string text, string mediaType) => new StringContent(text, Encoding.UTF8, mediaType);

    /// <summary>A JSON body.</summary>
    public static HttpContent Json<T>(T value) => JsonContent.Create(value, options: ApiJson.Options);

    /// <summary>
    /// Reads a stream of events until the server ends it; when the connection breaks, goes on at another node from the last
    /// event that was received.
    /// </summary>
    public async IAsyncEnumerable<SseItem<string>> EventsAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? last = null;
        while (true)
        {
            using var answer = await SendAsync(HttpMethod.Get, path, null, cancellation, isStream: true, last);
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            var parser = SseParser.Create(stream);
            await using var items = parser.EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                bool more;
                try
                {
                    more = await items.MoveNextAsync();
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    Advance(_current);
                    break;
                }

                if (!more)
                {
                    yield break;
                }

                last = parser.LastEventId.Length > 0 ? parser.LastEventId : last;
                yield return items.Current;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        CancellationToken cancellation,
        bool isStream = false,
        string? lastEventId = null
    )
    {
        var failures = new List<string>();
        for (var attempt = 0; attempt < _nodes.Count; attempt++)
        {
            var index = _current;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(_nodes[index], path));
                request.Content = body?.Invoke();
                if (lastEventId is not null)
                {
                    request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
                }

                var sent = _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                var answer = await (isStream ? sent : ExplainedAsync(sent, _nodes[index], limit.Token));
                if (answer.IsSuccessStatusCode)
                {
                    return answer;
                }

                using (answer)
                {
                    throw await RefusalAsync(answer, cancellation);
                }
            }
            catch (HttpRequestException e)
            {
                failures.Add($"{_nodes[index].Authority}: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                failures.Add($"{_nodes[index].Authority}: no answer within {Patience.TotalSeconds:0} s");
            }

            Advance(index);
        }

        throw new UserErrorException(
            $"No node of the cluster answers ({string.Join("; ", failures)}). Start one with 'rsmooth node', or name a control "
                + "node that runs with --cluster URL or the variable RSMOOTH_CLUSTER."
        )
        {
            ExitCode = UnreachableExitCode,
        };
    }

    private async Task<HttpResponseMessage> ExplainedAsync(
        Task<HttpResponseMessage> answer,
        Uri node,
        CancellationToken cancellation
    )
    {
        if (OnWait is not { } onWait)
        {
            return await answer;
        }

        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var slow = Task.Delay(Slowness, answered.Token);
        if (await Task.WhenAny(answer, slow) == slow && !slow.IsCanceled)
        {
            var asking = NodeReadiness.AskAsync(node, answered.Token);
            if (await Task.WhenAny(answer, asking) == asking && await asking is { IsReady: false } trouble)
            {
                onWait($"{node.Authority} does not answer yet ({trouble.Text}); waiting …");
            }
        }

        await answered.CancelAsync();
        return await answer;
    }

    private void Advance(int from) => Interlocked.CompareExchange(ref _current, (from + 1) % _nodes.Count, from);

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellation) =>
        await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellation)
        ?? throw new UserErrorException("The node answered with nothing.") { ExitCode = 1 };

    private static async Task<UserErrorException> RefusalAsync(
        HttpResponseMessage answer,
        CancellationToken cancellation
    )
    {
        var wrong = (int)answer.StatusCode is >= 400 and < 500;
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        var detail = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? Detail(text) : null;
        return new UserErrorException(
            detail
                ?? $"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode} {answer.ReasonPhrase}; is it a control node of rsmooth?"
        )
        {
            ExitCode = wrong && answer.StatusCode != HttpStatusCode.RequestTimeout ? 2 : 1,
        };
    }

    private static string? Detail(string problem)
    {
        try
        {
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
