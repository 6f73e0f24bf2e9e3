using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SkiaSharp;

namespace RandomizedSmoothing.Cli.Tests.Data;

public sealed class DataCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_list_says_what_there_is_and_how_to_cite_it()
    {
        var run = await RsmoothRunner.RunAsync("data", "list", "-o", "json");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var sets = JsonNode.Parse(run.Output)!.AsArray();
        sets.Select(s => s!["name"]!.GetValue<string>())
            .ShouldBe(["digits", "mnist", "fashion-mnist", "cifar10", "cifar100", "imagenet"]);
        foreach (var set in sets)
        {
            set!["citation"]!.GetValue<string>().Length.ShouldBeGreaterThan(20);
            set["licence"]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task A_check_counts_measures_and_draws_a_sheet()
    {
        var run = await RsmoothRunner.RunInAsync(_folder.Path, "data", "check", "digits", "-o", "json");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var facts = JsonNode.Parse(run.Output)!;
        facts["images"]!.GetValue<int>().ShouldBe(500);
        facts["least_pixel"]!.GetValue<int>().ShouldBe(0);
        facts["most_pixel"]!.GetValue<int>().ShouldBe(255);
        facts["by_class"]!.AsArray().Sum(row => row!["images"]!.GetValue<int>()).ShouldBe(500);
        using var sheet = SKBitmap.Decode(_folder.File("digits-test.png"));
        sheet.Height.ShouldBeGreaterThan(10 * 64);
        sheet.Pixels.Distinct().Count().ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("data check csv:own.csv --classes 5 --sheet -", "2 of 5 classes have no image: 3, 4")]
    [InlineData("data check csv:own.csv --classes 1", "--classes")]
    [InlineData("data check csv:own.csv --classes 2", "classes 0 to 1|2 classes")]
    [InlineData(
        "train --dataset csv:own.csv --classes 1000000 --architecture lenet --sigma 0 --out m.safetensors",
        "1000000"
    )]
    [InlineData("models check none.onnx --dataset csv:own.csv --classes 1000000", "1000000|none.onnx")]
    public async Task The_number_of_classes_can_be_given(string line, string expected)
    {
        _folder.Write("own.csv", "label,a,b,c,d\n0,0,0,9,0\n1,0,0,9,2\n2,0,9,9,0\n");
        var run = await RsmoothRunner.RunInAsync(_folder.Path, line.Split(' '));
        expected.Split('|').ShouldContain(part => run.Error.Contains(part, StringComparison.Ordinal), run.Error);
    }

    [Fact]
    public async Task A_check_finds_duplicates_contradictions_and_missing_classes()
    {
        var csv = _folder.Write("own.csv", "0,0,0,9,0\n0,0,0,9,2\n0,0,0,9,0\n200,0,0,1,2\n");
        var run = await RsmoothRunner.RunInAsync(
            _folder.Path,
            "data",
            "check",
            $"csv:{csv}",
            "-o",
            "json",
            "--sheet",
            "-"
        );
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var facts = JsonNode.Parse(run.Output)!;
        facts["duplicates"]!.GetValue<int>().ShouldBe(2);
        facts["conflicts"]!.GetValue<int>().ShouldBe(1);
        run.Error.ShouldContain("1 of 3 classes have no image: 1");
        run.Error.ShouldContain("no classifier has both right");
        Directory.EnumerateFiles(_folder.Path, "*.png").ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_fetch_that_is_cut_off_goes_on_is_verified_and_is_then_at_hand()
    {
        var source = Environment.GetEnvironmentVariable("RSMOOTH_SHARED") is { Length: > 0 } given
            ? given
            : Path.Combine(RepositoryRoot.Path, "..", "shared");
        source = Path.Combine(source, "data", "mnist");
        Skip.IfNot(Directory.Exists(source), $"'{source}' is absent");
        var ranges = new List<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.MapGet(
            "/data/mnist/{name}",
            async (string name, HttpContext context) =>
            {
                var bytes = await File.ReadAllBytesAsync(Path.Combine(source, name));
                var range = context.Request.Headers.Range.ToString();
                lock (ranges)
                {
                    ranges.Add($"{name} {range}");
                }

                if (range.Length == 0 && name.StartsWith("t10k-images", StringComparison.Ordinal))
                {
                    context.Response.ContentLength = bytes.Length;
                    await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                    return;
                }

                await Microsoft.AspNetCore.Http.Results.File(bytes, enableRangeProcessing: true).ExecuteAsync(context);
            }
        );
        await server.StartAsync();

        var environment = new Dictionary<string, string>
        {
            ["RSMOOTH_CACHE"] = _folder.File("cache"),
            ["RSMOOTH_DATA"] = _folder.File("none"),
        };
        await using var fetch = RsmoothProcess.StartIn(
            _folder.Path,
            environment,
            "data",
            "fetch",
            "mnist",
            "--mirror",
            $"{server.Urls.Single()}/data"
        );
        (await fetch.ExitAsync()).ShouldBe(ExitCodes.Done, fetch.Error);
        fetch.Error.ShouldContain("downloading t10k-images-idx3-ubyte.gz");
        ranges.Count(r => r.StartsWith("t10k-images", StringComparison.Ordinal)).ShouldBe(2);
        ranges.ShouldContain(r => r.StartsWith("t10k-images-idx3-ubyte.gz bytes=", StringComparison.Ordinal));
        var folder = Path.Combine(_folder.File("cache"), "datasets", "mnist");
        Directory.GetFiles(folder).Length.ShouldBe(4);

        await using var check = RsmoothProcess.StartIn(_folder.Path, environment, "data", "check", "mnist");
        (await check.ExitAsync()).ShouldBe(ExitCodes.Done, check.Error);
        check.Output.ShouldContain("10000");
    }

    [Fact]
    public async Task What_cannot_be_fetched_says_what_to_do()
    {
        var run = await RsmoothRunner.RunAsync("data", "fetch", "imagenet");
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("image-net.org");
        (await RsmoothRunner.RunAsync("data", "fetch", "mnista")).Error.ShouldContain("fashion-mnist");
        (await RsmoothRunner.RunAsync("data", "fetch", "mnist", "--mirror", "here")).Error.ShouldContain("http://");
        (await RsmoothRunner.RunAsync("data", "check", "folder:/no/such/place")).Error.ShouldContain("/no/such/place");
    }
}
