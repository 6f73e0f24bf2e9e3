using System.Text.Json;

namespace RandomizedSmoothing.Node.Api;

/// <summary>What a control node says of itself at <c>/health/ready</c>: whether it is a member, and the ledger and the coordinator do their work.</summary>
/// <param name="IsReady">Whether all is well.</param>
/// <param name="Text">Each check with what it found; where no node answers, why.</param>
public sealed record NodeReadiness(bool IsReady, string Text)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks a node, for ten seconds at most; needs no key.</summary>
    public static async Task<NodeReadiness> AskAsync(Uri node, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient { Timeout = Patience };
            using var answer = await http.GetAsync(new Uri(node, "/health/ready"), cancellation);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            var checks = json.RootElement.GetProperty("checks").EnumerateObject().Select(c => $"{c.Name} {c.Value}");
            return new NodeReadiness(answer.IsSuccessStatusCode, string.Join(", ", checks));
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException
                || (e is TaskCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return new NodeReadiness(false, $"no control node answers: {e.Message}");
        }
    }
}
