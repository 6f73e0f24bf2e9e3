using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Tests.Api;

public sealed class SweepApiTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task A_submitted_sweep_runs_to_its_end_and_all_its_results_can_be_read()
    {
        var (sweep, last) = await node.RunAsync(RunningNode.Small("results", draws: 60));

        sweep.New.ShouldBeTrue();
        sweep.Images.ShouldBe(12);
        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(12);
        Directory.Exists(node.Exports).ShouldBeFalse();
        var votes = await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep.Id}/votes");
        votes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1 + 2 * 12);
        votes.ShouldStartWith("cell,image,label,stream,draws,c0");
        Directory.GetFiles(node.Exports).ShouldBeEmpty("large answers are staged on the cache's disk and vanish");
        (await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep.Id}/curves")).ShouldStartWith(
            "dataset,model,train_sigma"
        );
        var cell = Uri.EscapeDataString(last.Cells[0].Cell);
        (await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep.Id}/certificates?cell={cell}")).ShouldStartWith(
            "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
        );
        foreach (var format in new[] { "json", "csv", "md", "latex", "text" })
        {
            (await node.Http.GetStringAsync($"/api/v1/sweeps/{sweep.Id}/results?format={format}")).ShouldNotBeEmpty();
        }

        var parquet = await node.Http.GetByteArrayAsync($"/api/v1/sweeps/{sweep.Id}/votes?format=parquet");
        Encoding.ASCII.GetString(parquet, 0, 4).ShouldBe("PAR1");
        using var zip = new ZipArchive(await node.Http.GetStreamAsync($"/api/v1/sweeps/{sweep.Id}/export"));
        zip.Entries.Select(e => e.FullName).ShouldContain("report.html");
        using var exported = new StreamReader(zip.GetEntry("votes.csv")!.Open());
        (await exported.ReadToEndAsync()).ShouldBe(votes);
    }

    [Fact]
    public async Task A_paused_sweep_stands_still_until_it_is_resumed_and_a_cancelled_one_ends()
    {
        var sweep = await node.SubmitAsync(RunningNode.Small("steered", draws: 200_000, images: 40));
        var path = $"/api/v1/sweeps/{sweep.Id}";

        await TellAsync($"{path}/pause");
        await Eventually.Async(async () => await StateAsync(path) == SweepState.Paused, "the sweep is paused");
        (await node.Http.PutAsJsonAsync($"{path}/priority", new PriorityRequest(9))).EnsureSuccessStatusCode();
        (await node.Client.GetAsync<SweepDetail>(path, CancellationToken.None)).Sweep.Priority.ShouldBe(9);
        await TellAsync($"{path}/resume");
        await Eventually.Async(async () => await StateAsync(path) == SweepState.Running, "the sweep runs again");
        await TellAsync($"{path}/cancel");
        (await node.FollowAsync(sweep.Id)).State.ShouldBe(SweepState.Cancelled);

        var refused = await node.Http.PostAsync($"{path}/pause", null);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Sweeps_are_listed_in_pages_the_last_submitted_first()
    {
        var first = await node.SubmitAsync(RunningNode.Small("page-a", 20));
        var second = await node.SubmitAsync(RunningNode.Small("page-b", 20));
        var ids = new List<string>();

        string? after = null;
        do
        {
            var from = after is null ? "" : $"&after={after}";
            var page = await node.Client.GetAsync<SweepPage>($"/api/v1/sweeps?limit=1{from}", CancellationToken.None);
            page.Sweeps.Count.ShouldBe(1);
            ids.Add(page.Sweeps[0].Id);
            after = page.Next;
        } while (after is not null);

        ids.ShouldBeUnique();
        ids.IndexOf(second.Id).ShouldBeLessThan(ids.IndexOf(first.Id));
    }

    [Theory]
    [InlineData("GET", "/api/v1/sweeps/nope", 404)]
    [InlineData("GET", "/api/v1/sweeps/no%20id", 404)]
    [InlineData("GET", "/api/v1/sweeps/nope/progress", 404)]
    [InlineData("GET", "/api/v1/sweeps/nope/votes", 404)]
    [InlineData("GET", "/api/v1/sweeps/nope/export", 404)]
    [InlineData("POST", "/api/v1/sweeps/nope/cancel", 404)]
    [InlineData("POST", "/api/v1/workers/nope/drain", 404)]
    [InlineData("GET", "/api/v1/sweeps?limit=0", 400)]
    [InlineData("GET", "/api/v1/sweeps?limit=many", 400)]
    [InlineData("GET", "/api/v1/sweeps?state=lost", 400)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("DELETE", "/api/v1/sweeps", 405)]
    [InlineData("POST", "/api/v1/definitions", 422)]
    public async Task What_cannot_be_done_is_answered_with_problem_details(string method, string path, int status)
    {
        var answer = await node.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task The_stream_resumes_after_the_last_event()
    {
        var (sweep, _) = await node.RunAsync(RunningNode.Small("resumed", draws: 20));
        var whole = await HistoryAsync(sweep.Id, null);

        whole.Count.ShouldBeGreaterThan(1);
        (await HistoryAsync(sweep.Id, whole[0])).ShouldBe(whole[1..]);
        (await HistoryAsync(sweep.Id, whole[^1])).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_worker_and_its_device_are_listed()
    {
        var workers = await node.Client.GetAsync<IReadOnlyList<WorkerInfo>>("/api/v1/workers", CancellationToken.None);

        workers.Single().Name.ShouldBe("the-worker");
        workers.Single().Devices.Single().Name.ShouldBe("cpu:0");
    }

    [Fact]
    public async Task The_openapi_document_names_every_operation()
    {
        var document = await node.Http.GetFromJsonAsync<JsonObject>(SweepApi.DocumentPath);

        var operations = document!["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Select(o => o.Value!["operationId"]?.GetValue<string>());
        string[] expected =
        [
            "submitSweep",
            "submitDefinition",
            "listSweeps",
            "showSweep",
            "followSweep",
            "pauseSweep",
            "resumeSweep",
            "cancelSweep",
            "retrySweep",
            "prioritizeSweep",
            "getTable",
            "getCurves",
            "getCertificates",
            "getVotes",
            "exportSweep",
            "listWorkers",
            "drainWorker",
            "getArtifact",
            "putArtifact",
            "deleteArtifact",
        ];
        expected.ShouldBeSubsetOf(operations);
    }

    [Theory]
    [InlineData("live")]
    [InlineData("ready")]
    [InlineData("startup")]
    public async Task A_healthy_node_says_so(string question) =>
        (await node.Http.GetAsync($"/health/{question}")).StatusCode.ShouldBe(HttpStatusCode.OK);

    private async Task<SweepState> StateAsync(string path) =>
        (await node.Client.GetAsync<SweepDetail>(path, CancellationToken.None)).Sweep.State;

    private async Task TellAsync(string path)
    {
        var answer = await node.Http.PostAsync(path, null);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private async Task<List<string>> HistoryAsync(string id, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/sweeps/{id}/progress");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var text = await (await node.Http.SendAsync(request)).Content.ReadAsStringAsync();
        return
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith("id: ", StringComparison.Ordinal))
                .Select(line => line[4..]),
        ];
    }
}
