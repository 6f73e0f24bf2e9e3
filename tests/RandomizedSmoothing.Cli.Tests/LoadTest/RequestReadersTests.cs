using System.Net;
using System.Net.Sockets;
using System.Text;
using RandomizedSmoothing.Cli.LoadTest;

namespace RandomizedSmoothing.Cli.Tests.LoadTest;

/// <summary>The readers before a server that behaves badly.</summary>
public sealed class RequestReadersTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

    [Theory]
    [InlineData(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        "/a: answered 503 Service Unavailable"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "/a: answered nothing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]", "/a: The node closed the connection.")]
    [InlineData("", "/a: The node closed the connection.")]
    public async Task A_bad_answer_is_told_and_the_next_request_is_asked_anew(string bad, string error)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = ServeAsync(server, bad, Good);
        var node = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}");
        using var readers = new RequestReaders(node, "key", ["/a", "/b"], 2, TimeProvider.System);

        readers.Run(TimeSpan.FromSeconds(1), CancellationToken.None);

        readers.Errors.ShouldBe([error]);
        readers.Latencies.Count.ShouldBe(1);
        var requests = await serving;
        requests[0].ShouldStartWith("GET /a HTTP/1.1\r\n");
        requests[1].ShouldStartWith("GET /b HTTP/1.1\r\n");
        requests.ShouldAllBe(request =>
            request.Contains("\r\nAuthorization: Bearer key\r\n", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,5", new[] { 0, 1, 2, 5 })]
    public void Lists_of_processors_are_read(string list, int[] processors) =>
        ProcessorShares.Parse(list).ShouldBe(processors);

    // One connection an answer; it is closed after the answer.
    private static async Task<List<string>> ServeAsync(TcpListener server, params string[] answers)
    {
        var requests = new List<string>();
        foreach (var answer in answers)
        {
            using var connection = await server.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            var buffer = new byte[4096];
            var read = await stream.ReadAsync(buffer);
            requests.Add(Encoding.ASCII.GetString(buffer, 0, read));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        return requests;
    }
}
