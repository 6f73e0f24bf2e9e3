using System.Net;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cli.Tests.Cluster;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.Tests.Operations;

/// <summary>A control node whose PostgreSQL is stopped and started again under it.</summary>
public sealed class StoppedDatabaseTests
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    [SkippableFact]
    public async Task Ready_is_taken_back_while_the_database_is_down_and_live_is_not()
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        await using var database = await PostgresServer.StartAsync();
        using var scratch = new ScratchFolder();
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = ["control"],
            ["cache"] = [scratch.Path],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
            ["ledger"] = [database.Ledger],
        };
        await using var node = await NodeHost.StartAsync(
            NodeOptionsReader.Read(flags, new Dictionary<string, string>()),
            new NodeParts { Logging = logging => logging.ClearProviders() }
        );
        using var http = new HttpClient { BaseAddress = node.Http };
        await UntilAsync(http, HttpStatusCode.OK);

        await database.StopAsync();
        var answer = await UntilAsync(http, HttpStatusCode.ServiceUnavailable);
        answer.ShouldContain("\"ledger\":\"");
        answer.ShouldNotContain("writable");
        (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/health/startup")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await database.StartAgainAsync();
        await UntilAsync(http, HttpStatusCode.OK);
    }

    private static async Task<string> UntilAsync(HttpClient http, HttpStatusCode wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(Between);
        while (true)
        {
            using var answer = await http.GetAsync("/health/ready", limit.Token);
            if (answer.StatusCode == wanted)
            {
                return await answer.Content.ReadAsStringAsync(limit.Token);
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
