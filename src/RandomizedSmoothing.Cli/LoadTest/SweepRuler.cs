using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// Times a sweep by the draws that are recorded. It asks the coordinator by the operator's command, because answers of the API
/// may be a quarter of a second old.
/// </summary>
/// <param name="client">Knows the node.</param>
/// <param name="sweep">Id of the sweep.</param>
/// <param name="worker">The processor time that the worker has used; null when nobody can say.</param>
/// <param name="time">Clock.</param>
internal sealed class SweepRuler(ApiClient client, string sweep, Func<TimeSpan>? worker, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new KeyedHandler(client.Key, new SocketsHttpHandler()))
    {
        BaseAddress = client.Nodes[0],
    };

    /// <summary>The pace of the sweep from now on, for some time.</summary>
    /// <exception cref="UserErrorException">There is no such sweep, or it has ended.</exception>
    public async Task<SweepPace> MeasureAsync(TimeSpan length, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var looks = new List<SweepLook>();
        do
        {
            var draws = await DrawsAsync(cancellation);
            looks.Add(new SweepLook(time.GetElapsedTime(start), draws, worker?.Invoke()));
            await Task.Delay(BetweenLooks, time, cancellation);
        } while (time.GetElapsedTime(start) < length);

        return SweepPace.Of(looks);
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> DrawsAsync(CancellationToken cancellation)
    {
        var command = CommandWords.Join(["sweep", "progress", "-s", sweep, "-o", "json"]);
        await foreach (var line in new ConsoleClient(_http).RunAsync(command, cancellation))
        {
            if (line.Outcome == ConsoleOutcome.Failed)
            {
                throw new UserErrorException(line.Text);
            }

            if (line.Text.Length > 0)
            {
                using var answer = JsonDocument.Parse(line.Text);
                var state = answer.RootElement.GetProperty("state").GetString();
                return state is "running" or "pending" or "paused"
                    ? answer.RootElement.GetProperty("draws").GetInt64()
                    : throw new UserErrorException(
                        $"The sweep {sweep} is {state}: it must outlast the test. Take a larger one, or fewer --pairs."
                    );
            }
        }

        return 0;
    }
}
