using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace RandomizedSmoothing.Node.Tests.Access;

/// <summary>Requests that no client of ours sends: each is answered for what it is, and the node is well afterwards.</summary>
public sealed class OddRequestTests(GuardedNode node) : IClassFixture<GuardedNode>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string, string> Odd =>
        new()
        {
            { "no host", "GET /api/v1/sweeps HTTP/1.1\r\n{key}\r\n", "400" },
            { "an old protocol", "GET /api/v1/sweeps HTTP/1.0\r\n{key}\r\n", "200" },
            { "another protocol", "GET / HTTP/9.9\r\n\r\n", "505" },
            { "TLS", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", "400" },
            { "bytes that are no text", "GET /api/v1/\u00ff\u00fe HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}\r\n", "400" },
            { "escaped bytes", "GET /api/v1/sweeps/%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\n{close}{key}\r\n", "404" },
            { "a zero byte", "GET /api/v1/sweeps/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}\r\n", "400" },
            { "a long address", $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "414" },
            { "many headers", $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{Headers(3000)}\r\n", "431" },
            { "a large header", $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('a', 100_000)}\r\n\r\n", "431" },
            { "two keys", "GET /api/v1/sweeps HTTP/1.1\r\nHost: 127.0.0.1\r\n{close}{key}{key}\r\n", "401" },
            { "two lengths", $"{Post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", "400" },
            { "a negative length", $"{Post}Content-Length: -5\r\n\r\n", "400" },
            { "a vast length", $"{Post}Content-Length: 99999999999\r\n\r\n", "413" },
            { "chunks that are none", $"{Post}Transfer-Encoding: chunked\r\n\r\nZZZZ\r\n", "400" },
        };

    private const string Post = "POST /api/v1/sweeps HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}";

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task An_odd_request_gets_its_answer(string what, string request, string status)
    {
        (await AskAsync(request)).ShouldStartWith($"HTTP/1.1 {status} ", customMessage: what);
        await StillWellAsync();
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/_content/MudBlazor/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/v1/artifacts/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/v1/sweeps/..%2f..%2fkeys/export")]
    [InlineData("//etc/passwd")]
    public async Task No_address_leads_out_of_what_is_served(string path)
    {
        var answer = await AskAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{{close}}{{key}}\r\n");

        answer.ShouldMatch("^HTTP/1.1 40[04] ");
        answer.ShouldNotContain("root:");
        await StillWellAsync();
    }

    [Theory]
    [InlineData("[", "nested deeper")]
    [InlineData("{a: ", "nested deeper")]
    public async Task A_deep_sweep_file_is_refused(string bracket, string reason)
    {
        using var http = node.Http(node.Operator);
        var text = "name: x\na: " + string.Concat(Enumerable.Repeat(bracket, 20_000));

        var answer = await http.PostAsync("/api/v1/sweeps", new StringContent(text));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(reason);
        var json = new StringContent(new string('[', 500_000), Encoding.UTF8, "application/json");
        (await http.PostAsync("/api/v1/console/run", json)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await StillWellAsync();
    }

    [Fact]
    public async Task Aliases_that_multiply_are_refused()
    {
        using var http = node.Http(node.Operator);
        var lines = Enumerable
            .Range(1, 9)
            .Select(i => $"x-{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]");

        var answer = await http.PostAsync(
            "/api/v1/sweeps",
            new StringContent($"x-0: &a0 [x]\n{string.Join('\n', lines)}\nname: x\nsigmas: *a9\n")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("aliases");
        await StillWellAsync();
    }

    [Fact]
    public async Task Parts_of_a_file_are_those_asked_for()
    {
        using var http = node.Http(node.Operator);
        var bytes = Encoding.ASCII.GetBytes("0123456789");
        var path = $"/api/v1/artifacts/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        (await http.PutAsync(path, new ByteArrayContent(bytes))).EnsureSuccessStatusCode();

        (await PartAsync(http, path, "bytes=2-4")).ShouldBe((HttpStatusCode.PartialContent, "234"));
        (await PartAsync(http, path, "bytes=-2")).ShouldBe((HttpStatusCode.PartialContent, "89"));
        (await PartAsync(http, path, "bytes=10-")).Status.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        var many = "bytes=" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"{i % 10}-{i % 10}"));
        (await PartAsync(http, path, many)).ShouldBe((HttpStatusCode.OK, "0123456789"));
    }

    private static async Task<(HttpStatusCode Status, string Text)> PartAsync(
        HttpClient http,
        string path,
        string range
    )
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, path);
        ask.Headers.TryAddWithoutValidation("Range", range);
        using var answer = await http.SendAsync(ask);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task StillWellAsync()
    {
        using var http = node.Http(null);
        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> AskAsync(string request)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.Address.Host, node.Address.Port, limit.Token);
        var stream = socket.GetStream();
        var text = request
            .Replace("{key}", $"Authorization: Bearer {node.Operator}\r\n")
            .Replace("{close}", "Connection: close\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), limit.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(limit.Token) + "\n" + await RestAsync(reader, limit.Token);
    }

    // The server may cut off a request that it has answered but not read to its end.
    private static async Task<string> RestAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadToEndAsync(cancellation);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Headers(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: a\r\n"));
}
