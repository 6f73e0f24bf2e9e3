using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Tests.Api;

/// <summary>How a sweep enters the cluster over HTTP.</summary>
public sealed class SubmissionApiTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task The_same_sweep_again_is_a_no_op_and_another_of_its_name_gets_another_id()
    {
        var first = await node.SubmitAsync(RunningNode.Small("again", draws: 20));
        var same = await node.SubmitAsync(RunningNode.Small("again", draws: 20));
        var other = await node.SubmitAsync(RunningNode.Small("again", draws: 30));

        same.Id.ShouldBe(first.Id);
        same.New.ShouldBeFalse();
        other.Id.ShouldNotBe(first.Id);
        other.New.ShouldBeTrue();
        (await node.FollowAsync(other.Id)).Final.ShouldBeTrue();
    }

    [Fact]
    public async Task A_batch_size_that_is_to_be_tuned_is_measured_by_the_worker_and_kept()
    {
        var yaml = RunningNode.Small("tuned", draws: 20) + "\nexecution: { batchSize: tuned }";

        var first = await node.SubmitAsync(yaml);
        var same = await node.SubmitAsync(yaml);

        first.Measured!.ShouldHaveSingleItem().ShouldStartWith("conv on digits: batches of ");
        same.Measured!.ShouldBeEmpty();
        (same.Id, same.New).ShouldBe((first.Id, false));
        (await node.FollowAsync(first.Id)).State.ShouldBe(SweepState.Completed);
        using var export = new ZipArchive(await node.Http.GetStreamAsync($"/api/v1/sweeps/{first.Id}/export"));
        await using var file = await export.GetEntry("manifest.json")!.OpenAsync();
        var manifest = await JsonSerializer.DeserializeAsync<JsonObject>(file);
        var choice = manifest!["batchChoices"]!.AsArray().ShouldHaveSingleItem()!;
        choice["readings"]![0]!["route"]!.GetValue<string>().ShouldBe("network");
        choice["readings"]![0]!["speeds"]!.AsArray().Count.ShouldBeGreaterThan(3);
        manifest["cells"]!
            .AsArray()
            .ShouldAllBe(cell => (int)cell!["definition"]!["batchRows"]! == (int)choice["rows"]!);
    }

    [Fact]
    public async Task A_sweep_can_be_given_as_json_with_overrides()
    {
        var json = new JsonObject
        {
            ["name"] = "as-json",
            ["datasets"] = new JsonArray(new JsonObject { ["name"] = "digits", ["max"] = 3 }),
            ["models"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "conv",
                    ["architecture"] = "small-conv",
                    ["train"] = new JsonObject { ["epochs"] = 1 },
                }
            ),
            ["sigmas"] = new JsonArray(0.25),
        };

        var answer = await node.Http.PostAsync(
            "/api/v1/sweeps?set=certify.n=40&set=certify.n0=10",
            new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var view = await answer.Content.ReadFromJsonAsync<SubmissionView>(ApiJson.Options);
        view!.DrawsPlanned.ShouldBe(3 * 50);
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/sweeps/{view.Id}");
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_sweep_file_is_told_with_line_and_column()
    {
        var answer = await node.Http.PostAsync(
            "/api/v1/sweeps",
            new StringContent("name: x\ndatasets: [{ name: digits }]\nmodels: []\nsigmas: [-1]\nsigmass: 3\n")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();
        var problems = problem!["problems"].Deserialize<List<ProblemView>>(ApiJson.Options)!;
        problems.Count.ShouldBeGreaterThanOrEqualTo(3);
        problems.ShouldContain(p => p.Path == "sigmass" && p.Line == 5 && p.Column == 1);
        problem["detail"]!.GetValue<string>().ShouldContain("sigmass");
    }

    [Fact]
    public async Task An_option_that_no_recipe_takes_is_told_with_its_place()
    {
        var answer = await node.Http.PostAsync(
            "/api/v1/sweeps?set=models[0].train.options.flpi=1",
            new StringContent(RunningNode.Small("typo", 20))
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!
            .GetValue<string>()
            .ShouldContain("models[0].train.options.flpi");
    }

    [Fact]
    public async Task A_data_set_that_is_nowhere_is_a_refusal_with_the_remedy()
    {
        var answer = await node.Http.PostAsync(
            "/api/v1/sweeps",
            new StringContent(
                RunningNode
                    .Small("nowhere", 20)
                    .Replace("name: digits, max", "name: mine, format: idx, path: /no/such/place, max")
            )
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!
            .GetValue<string>()
            .ShouldContain("/no/such/place");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sweeps");
        request.Content = new ByteArrayContent(new byte[2 << 20]);
        // The node closes the connection with its refusal: whoever goes on sending may lose the answer.
        request.Headers.ExpectContinue = true;

        var answer = await node.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_sweep_of_files_that_only_the_client_has_is_resolved_there_and_uploaded()
    {
        var definition = await ResolveAsync("uploaded");
        var view = await SendAsync(definition);

        view.Id.ShouldBe("uploaded");
        var nowhere = new ContentHash(new string('0', 64));
        var missing = definition with { Name = "missing", Datasets = [definition.Datasets[0] with { Hash = nowhere }] };
        missing = missing with
        {
            Cells =
            [
                .. missing.Cells.Select(c =>
                    BatchTuning.WithRows(missing, c with { Dataset = nowhere }, c.BatchRows!.Value)
                ),
            ],
        };
        var error = await Should.ThrowAsync<UserErrorException>(() => SendAsync(missing));
        error.Message.ShouldContain(nowhere.Hex);
    }

    [Fact]
    public async Task A_resolved_sweep_that_cannot_be_run_is_refused_and_the_next_one_runs()
    {
        var sound = await ResolveAsync("sound");
        var (data, model, cell) = (sound.Datasets[0], sound.Models[0], sound.Cells[0]);
        var other = new ContentHash(new string('0', 64));
        var broken = new Dictionary<string, SweepDefinition>
        {
            ["is there more than once"] = sound with { Cells = [.. sound.Cells, cell] },
            ["the name with which the id begins"] = sound with { Datasets = [data with { Name = "gone" }] },
            ["violet"] = sound with { Cells = [cell with { Noise = "violet" }] },
            ["step = 0"] = sound with { Datasets = [data with { Step = 0 }] },
            ["n = 0"] = sound with { Plan = sound.Plan with { N = 0 } },
            ["The vote key of the cell"] = sound with { Cells = [cell with { VoteKey = other }] },
            ["The key of the model"] = sound with
            {
                Models = [model with { Training = model.Training! with { Sigma = 0.5 } }],
                Cells = [cell],
            },
            ["needs the file 'x'"] = sound with
            {
                Models = [model with { Training = model.Training! with { DatasetHash = new ContentHash("x") } }],
                Cells = [cell],
            },
        };

        foreach (var (reason, definition) in broken)
        {
            var answer = await node.Http.PostAsync(
                "/api/v1/definitions",
                new StringContent(SweepDefinitionJson.Write(definition))
            );

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, reason);
            var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();
            problem!["detail"]!.GetValue<string>().ShouldContain(reason);
        }

        (await node.FollowAsync((await SendAsync(sound)).Id)).State.ShouldBe(SweepState.Completed);
    }

    private async Task<SweepDefinition> ResolveAsync(string name)
    {
        using var http = Artifacts.ArtifactServer.Invoker();
        var spec = SweepFile.Parse(RunningNode.Small(name, draws: 20), null, []).Require();
        return await Task.Factory.StartNew(
            () => ClientSideResolver.Create([node.Address], http).Resolve(spec, new SweepId("x"), ""),
            TaskCreationOptions.LongRunning
        );
    }

    private Task<SubmissionView> SendAsync(SweepDefinition definition) =>
        node.Client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/definitions",
            () => ApiClient.Text(SweepDefinitionJson.Write(definition), "application/json"),
            CancellationToken.None
        );
}
