using System.Net;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Node.Tests.Operations;

[Collection(nameof(OperatedNode))]
public sealed class ConsoleEndpointTests(OperatedNode node)
{
    [Fact]
    public async Task The_palette_names_every_command_with_its_switches()
    {
        using var http = node.CreateHttp();

        var palette = await new ConsoleClient(http).ReadPaletteAsync(OperatedNode.Limit);

        palette.Commands.Count.ShouldBe(node.Console.Palette.Commands.Length);
        var pause = palette.Commands.Single(c => c is { Module: "sweep", Name: "pause" });
        pause.Changes.ShouldBeTrue();
        pause.Arguments[0].Switches.ShouldBe(["-s", "--sweep"]);
        pause.Arguments[0].Mandatory.ShouldBeTrue();
    }

    [Fact]
    public async Task Lines_arrive_while_the_command_goes_on()
    {
        var sweep = await node.SubmitAsync($"{OperatedNode.Slow}-stream");
        using var http = node.CreateHttp();
        await using var lines = new ConsoleClient(http)
            .RunAsync($"sweep progress -s {sweep} -w", OperatedNode.Limit)
            .GetAsyncEnumerator();

        (await lines.MoveNextAsync()).ShouldBeTrue();
        lines.Current.Outcome.ShouldBe(ConsoleOutcome.None);
        await node.Sweeps.CancelAsync(sweep, OperatedNode.Limit);
        var last = lines.Current;
        while (await lines.MoveNextAsync())
        {
            last = lines.Current;
        }

        last.Outcome.ShouldBe(ConsoleOutcome.Done);
    }

    [Theory]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "null")]
    [InlineData("application/json", "{\"command\":null}")]
    public async Task A_malformed_request_is_refused_with_the_form_it_must_have(string mediaType, string body)
    {
        using var http = node.CreateHttp();

        using var answer = await http.PostAsync(
            ConsoleContract.RunPath,
            new StringContent(body, Encoding.UTF8, mediaType)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_form_that_a_page_of_another_origin_could_send_is_refused()
    {
        using var http = node.CreateHttp();

        using var answer = await http.PostAsync(
            ConsoleContract.RunPath,
            new StringContent("{\"command\":\"sweep list\"}", Encoding.UTF8, "text/plain")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_huge_request_is_refused()
    {
        using var http = node.CreateHttp();

        using var answer = await http.PostAsync(
            ConsoleContract.RunPath,
            new StringContent($"{{\"command\":\"{new string('x', 100_000)}\"}}", Encoding.UTF8, "application/json")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Nobody_there_is_said_with_the_exit_code_of_an_unreachable_cluster()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1") };

        var error = await Should.ThrowAsync<UserErrorException>(() =>
            new ConsoleClient(http).ReadPaletteAsync(OperatedNode.Limit)
        );

        error.ExitCode.ShouldBe(4);
        error.Message.ShouldContain("127.0.0.1:1");
    }
}
