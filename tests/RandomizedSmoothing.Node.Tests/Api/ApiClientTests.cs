using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Tests.Api;

public sealed class ApiClientTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_named_with_the_remedy()
    {
        using var client = new ApiClient([Nowhere]);

        var error = await Should.ThrowAsync<UserErrorException>(() =>
            client.GetAsync<SweepPage>("/api/v1/sweeps", CancellationToken.None)
        );

        error.ExitCode.ShouldBe(4);
        error.Message.ShouldContain("127.0.0.1:1");
        error.Message.ShouldContain("--cluster URL");
    }

    [Fact]
    public async Task The_next_node_is_asked_when_one_does_not_answer()
    {
        await using var server = await TestServer.StartAsync(routes =>
            routes.MapGet("/x", () => Results.Json(new PriorityRequest(3)))
        );
        using var client = new ApiClient([Nowhere, server.Address]);

        (await client.GetAsync<PriorityRequest>("/x", CancellationToken.None)).Priority.ShouldBe(3);
    }

    [Fact]
    public async Task Who_waits_for_a_node_hears_what_the_node_waits_for()
    {
        var told = new TaskCompletionSource<string>();
        await using var server = await TestServer.StartAsync(routes =>
        {
            routes.MapGet(
                "/x",
                async () =>
                {
                    await told.Task;
                    return Results.Json(new PriorityRequest(3));
                }
            );
            routes.MapGet(
                "/health/ready",
                () => Results.Json(new { checks = new { ledger = "has taken no write" } }, statusCode: 503)
            );
        });
        using var client = new ApiClient([server.Address]) { OnWait = told.SetResult, Slowness = TimeSpan.Zero };

        (await client.GetAsync<PriorityRequest>("/x", CancellationToken.None)).Priority.ShouldBe(3);

        (await told.Task).ShouldBe(
            $"{server.Address.Authority} does not answer yet (ledger has taken no write); waiting …"
        );
    }

    [Fact]
    public async Task A_node_that_is_ready_is_only_slow()
    {
        var asked = new TaskCompletionSource();
        var told = new List<string>();
        await using var server = await TestServer.StartAsync(routes =>
        {
            routes.MapGet(
                "/x",
                async () =>
                {
                    await asked.Task;
                    return Results.Json(new PriorityRequest(3));
                }
            );
            routes.MapGet(
                "/health/ready",
                (HttpContext context) =>
                {
                    context.Response.OnCompleted(() =>
                    {
                        asked.SetResult();
                        return Task.CompletedTask;
                    });
                    return Results.Json(new { checks = new { ledger = "written" } });
                }
            );
        });
        using var client = new ApiClient([server.Address]) { OnWait = told.Add, Slowness = TimeSpan.Zero };

        await client.GetAsync<PriorityRequest>("/x", CancellationToken.None);

        told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, 2)]
    [InlineData(404, 2)]
    [InlineData(409, 2)]
    [InlineData(500, 1)]
    public async Task A_refusal_carries_the_words_of_the_node(int status, int exitCode)
    {
        await using var server = await TestServer.StartAsync(routes =>
            routes.MapGet("/x", () => Results.Problem("No such sweep.", statusCode: status))
        );
        using var client = new ApiClient([server.Address]);

        var error = await Should.ThrowAsync<UserErrorException>(() =>
            client.GetAsync<PriorityRequest>("/x", CancellationToken.None)
        );

        error.Message.ShouldBe("No such sweep.");
        error.ExitCode.ShouldBe(exitCode);
    }

    [Fact]
    public async Task Another_server_than_a_control_node_is_recognised()
    {
        await using var server = await TestServer.StartAsync(_ => { });
        using var client = new ApiClient([server.Address]);

        var error = await Should.ThrowAsync<UserErrorException>(() =>
            client.GetAsync<PriorityRequest>("/api/v1/sweeps", CancellationToken.None)
        );

        error.Message.ShouldContain("is it a control node of rsmooth?");
    }

    [Fact]
    public async Task A_broken_stream_goes_on_at_the_next_node_after_the_last_event()
    {
        var received = new TaskCompletionSource();
        await using var breaking = await TestServer.StartAsync(routes =>
            routes.MapGet(
                "/events",
                async context =>
                {
                    await context.Response.WriteAsync("id: 7\nevent: history\ndata: one\n\n");
                    await context.Response.Body.FlushAsync();
                    await received.Task;
                    context.Abort();
                }
            )
        );
        var asked = "";
        await using var sound = await TestServer.StartAsync(routes =>
            routes.MapGet(
                "/events",
                (HttpContext context) =>
                {
                    asked = context.Request.Headers["Last-Event-ID"].ToString();
                    return TypedResults.ServerSentEvents(Two());
                }
            )
        );
        using var client = new ApiClient([breaking.Address, sound.Address]);

        var data = new List<string>();
        await foreach (var item in client.EventsAsync("/events", CancellationToken.None))
        {
            data.Add(item.Data);
            received.TrySetResult();
        }

        data.ShouldBe(["one", "two"]);
        asked.ShouldBe("7");
    }

    private static async IAsyncEnumerable<SseItem<string>> Two()
    {
        await Task.CompletedTask;
        yield return new SseItem<string>("two", "history") { EventId = "8" };
    }
}
