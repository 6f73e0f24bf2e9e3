using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Safetensors;

namespace RandomizedSmoothing.Cli.Tests.ModelVerbs;

public sealed class ModelsCommandTests : IDisposable
{
    private const string Description = """
        architecture: small-conv
        input: { shape: [1, 8, 8] }
        classes: 10
        training: { sigma: 0.25 }
        licence: CC0
        """;

    private const string Sweep = """
        name: own
        datasets: [{ name: digits, max: 8 }]
        models: [{ name: net, file: net.safetensors }]
        sigmas: [0.5]
        certify: { n0: 10, n: 30 }
        report: { radii: [0, 1] }
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_list_counts_parameters_as_published()
    {
        var run = await RsmoothRunner.RunAsync("models", "list", "-o", "json");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var parameters = JsonNode
            .Parse(run.Output)!
            .AsArray()
            .ToDictionary(a => a!["name"]!.GetValue<string>(), a => a!["parameters"]!.GetValue<long>());
        parameters["resnet20"].ShouldBe(272_474);
        parameters["wrn-28-10"].ShouldBe(36_479_194);
        parameters["resnet50"].ShouldBe(25_557_032);
    }

    [Fact]
    public async Task A_check_says_what_a_model_is_and_that_it_knows_nothing()
    {
        Untrained();
        _folder.Write("net.yaml", Description);
        var run = await Run(
            "models",
            "check",
            "net.safetensors",
            "--dataset",
            "digits",
            "--sigma",
            "0.5",
            "-o",
            "json"
        );
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var check = JsonNode.Parse(run.Output)!;
        check["format"]!.GetValue<string>().ShouldBe("safetensors");
        check["architecture"]!.GetValue<string>().ShouldBe("small-conv");
        check["licence"]!.GetValue<string>().ShouldBe("CC0");
        check["images"]!.GetValue<int>().ShouldBe(64);
        check["noisy"]![0]!["near_chance"]!.GetValue<bool>().ShouldBeTrue();
        check["noisy"]![0]!["largest_radius"]!.GetValue<double>().ShouldBe(1.9057, 1e-3);
        check["warnings"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldContain("chance is 10 %");
        var text = await Run("models", "check", "net.safetensors", "--dataset", "digits");
        text.Output.ShouldContain("trained with gaussian noise of σ 0.25");
        text.Output.ShouldContain("the smallest useful n is 10");
    }

    [Fact]
    public async Task What_a_description_says_must_fit_the_images()
    {
        Untrained();
        _folder.Write("model.yaml", Description.Replace("classes: 10", "classes: 12"));
        var run = await Run("models", "check", "net.safetensors", "--dataset", "digits");
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("12 classes");
        _folder.Write("model.yaml", "architecure: lenet");
        run = await Run("models", "check", "net.safetensors", "--dataset", "digits");
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("model.yaml:1:1: architecure");
    }

    [Fact]
    public async Task A_sweep_is_looked_over_before_it_runs_unless_that_is_declined()
    {
        Untrained();
        _folder.Write("net.yaml", Description);
        _folder.Write("own.yaml", Sweep);
        var plan = await Run("plan", "own.yaml", "--no-calibration", "-o", "json");
        plan.ExitCode.ShouldBe(ExitCodes.Done, plan.Error);
        var warnings = JsonNode.Parse(plan.Output)!["preflight"]!["warnings"]!.ToJsonString();
        warnings.ShouldContain("chance is 10 %");
        warnings.ShouldContain("The radius 1 is asked for");
        var run = await Run("run", "own.yaml", "--workers", "1");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Error.ShouldContain("preflight: net on digits");
        run.Error.ShouldContain("warning: net on digits");
        run = await Run("run", "own.yaml", "--workers", "1", "--set", "certify.n=40", "--no-preflight");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Error.ShouldNotContain("preflight");
    }

    [Fact]
    public async Task A_description_that_changes_votes_does_not_share_them()
    {
        Untrained();
        var keys = new HashSet<string>();
        foreach (var more in new[] { "", "\nlicence: MIT", "\nnormalize: { mean: [0.5], std: [0.5] }" })
        {
            _folder.Write("net.yaml", "architecture: small-conv" + more);
            var run = await Run("models", "check", "net.safetensors", "--dataset", "digits", "-o", "json");
            keys.Add(JsonNode.Parse(run.Output)!["key"]!.GetValue<string>());
        }

        keys.Count.ShouldBe(2);
    }

    [SkippableFact]
    public async Task A_script_over_which_libtorch_ends_its_process_is_refused_in_words()
    {
        var shared = Path.Combine(RepositoryRoot.Shared ?? "", "models", "convex_mnist_0.1.ts.pt");
        Skip.IfNot(File.Exists(shared), $"'{shared}' is absent");
        var path = _folder.File("newer.ts.pt");
        using (var source = ZipFile.OpenRead(shared))
        using (var target = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var entry in source.Entries)
            {
                using var from = entry.Open();
                using var bytes = new MemoryStream();
                from.CopyTo(bytes);
                var content = bytes.ToArray();
                if (entry.Name.EndsWith(".py", StringComparison.Ordinal))
                {
                    content = Encoding.UTF8.GetBytes(
                        Encoding.UTF8.GetString(content).Replace("torch.relu", "torch.rely")
                    );
                }

                using var to = target.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                to.Write(content);
            }
        }

        await using var process = RsmoothProcess.Start(
            _folder.Path,
            "models",
            "check",
            "newer.ts.pt",
            "--dataset",
            "digits"
        );
        (await process.ExitAsync()).ShouldBe(ExitCodes.BadInput);
        process.Error.ShouldContain("Unknown builtin op: aten::rely");
        process.Error.ShouldContain("newer PyTorch");
    }

    [SkippableFact]
    public async Task A_check_says_what_computes_a_script_and_why_it_is_not_frozen()
    {
        var script = Path.Combine(RepositoryRoot.Shared ?? "", "models", "akamaster_resnet20.ts.pt");
        var images = Path.Combine(RepositoryRoot.Shared ?? "", "data", "cifar10", "test_batch_first100.bin.gz");
        Skip.IfNot(File.Exists(script) && File.Exists(images), $"'{script}' or '{images}' is absent");
        (await RouteOf(script, images)).ShouldBe(("frozen", null, 0));

        var other = _folder.File("other.ts.pt");
        File.Copy(script, other);
        using (var zip = ZipFile.Open(other, ZipArchiveMode.Update))
        {
            var entry = zip.Entries.Single(e =>
                e.FullName.EndsWith("code/__torch__/resnet.py", StringComparison.Ordinal)
            );
            using var stream = entry.Open();
            using var reader = new StreamReader(stream);
            var code = (await reader.ReadToEndAsync()).Replace("torch.relu(_0)", "torch.threshold(_0, 0., 0.)");
            stream.SetLength(0);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(code));
        }

        var (route, obstacle, warnings) = await RouteOf(other, images);
        (route, warnings).ShouldBe(("program", 1));
        obstacle.ShouldNotBeNull().ShouldContain("threshold");
    }

    private async Task<(string Route, string? Obstacle, int Slower)> RouteOf(string script, string images)
    {
        var run = await Run("models", "check", script, "--dataset", $"cifar:{images}", "--sigma", "0.05", "-o", "json");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var check = JsonNode.Parse(run.Output)!;
        var warnings = check["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>());
        return (
            check["route"]!.GetValue<string>(),
            check["obstacle"]?.GetValue<string>(),
            warnings.Count(warning => warning.Contains("more slowly"))
        );
    }

    private Task<RsmoothRunner.Finished> Run(params string[] arguments) =>
        RsmoothRunner.RunInAsync(_folder.Path, arguments);

    // All weights zero: every image gets the class whose bias is greatest.
    private void Untrained()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", new ImageShape(1, 8, 8), 10);
        var tensors = network.state_dict().ToDictionary(p => p.Key, p => TorchSharp.torch.zeros_like(p.Value));
        using var stream = File.Create(_folder.File("net.safetensors"));
        SafetensorsFile.Write(stream, tensors, new Dictionary<string, string>());
    }
}
