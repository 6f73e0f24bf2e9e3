using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Importing;

/// <summary>TorchScript as a real PyTorch exports it from programs that are not quite classifiers.</summary>
public sealed class ForeignScriptTests : IDisposable
{
    private static readonly ModelFit Digits = new(new ImageShape(1, 8, 6), 3, 4);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("return (y, x)", "something other than one tensor")]
    [InlineData("return {'logits': y}", "something other than one tensor")]
    [InlineData("return [y, y]", "something other than one tensor")]
    [InlineData("return y[0]", "shape [3]")]
    public async Task Scripts_that_are_no_classifier_are_refused(string statement, string expected)
    {
        var path = await ExportAsync("x.flatten(1) @ s.w", statement);
        Should.Throw<UserErrorException>(() => Open(path).Dispose()).Message.ShouldContain(expected);
    }

    [SkippableFact]
    public async Task A_script_that_wants_the_channels_last_is_refused_with_the_remedy()
    {
        var path = await ExportAsync(
            "(x - torch.ones(8, 6, 1)).reshape(-1, 48) @ s.w",
            "assert x.shape[3] == 1; return y"
        );
        Should.Throw<UserErrorException>(() => Open(path).Dispose()).Message.ShouldContain("permute(0, 2, 3, 1)");
    }

    [SkippableFact]
    public async Task Scripts_that_refuse_images_are_refused_with_what_they_say()
    {
        var bytes = await ExportAsync("x.flatten(1) @ s.w", "assert x.dtype == torch.uint8; return y");
        Should
            .Throw<UserErrorException>(() => Open(bytes).Dispose())
            .Message.ShouldContain("An assertion of its program fails");
        var one = await ExportAsync("x.flatten(1) @ s.w", "return y[:, :1]");
        Should.Throw<UserErrorException>(() => Open(one).Dispose()).Message.ShouldContain("returns 1 logit per image");
        var pooled = await ExportAsync("torch.nn.functional.avg_pool3d(x, 1).flatten(1) @ s.w", "return y");
        Open(pooled).Dispose();
        Should
            .Throw<UserErrorException>(() => Open(pooled, Precision.BFloat16).Dispose())
            .Message.ShouldContain("remove execution.precision");
    }

    [SkippableFact]
    public async Task Logits_in_double_precision_are_taken()
    {
        var path = await ExportAsync("x.double().flatten(1) @ s.w.double()", "return y");
        using var classifier = Open(path);
        using var scope = NewDisposeScope();
        var logits = classifier.Logits(ones(4, 1, 8, 6));
        logits.dtype.ShouldBe(ScalarType.Float32);
        logits.shape.ShouldBe([4, 3]);
    }

    [SkippableFact]
    public async Task Tables_of_indices_stay_whole_numbers_in_bfloat16()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "table.py"),
            """
            import torch
            class Bias(torch.nn.Module):
                def __init__(s):
                    super().__init__()
                    s.table = torch.nn.Parameter(torch.linspace(-1, 1, 1000)); s.register_buffer("at", torch.arange(999, 996, -1))
                def forward(s, y):
                    return y + s.table[s.at]
            class Net(torch.nn.Module):
                def __init__(s):
                    super().__init__(); s.w = torch.nn.Parameter(torch.linspace(-1, 1, 144).reshape(48, 3)); s.bias = Bias()
                def forward(s, x):
                    return s.bias(x.flatten(1) @ s.w)
            """
        );
        await PyTorch.RunAsync(_folder.Path, "import table, torch; torch.jit.script(table.Net()).save('table.ts.pt')");
        var path = Path.Combine(_folder.Path, "table.ts.pt");
        using var single = Open(path);
        using var half = Open(path, Precision.BFloat16);
        using var scope = NewDisposeScope();
        var images = linspace(0, 1, 4 * 48).reshape(4, 1, 8, 6);

        half.Route.ShouldBe(ClassifierRoute.Program);
        (half.Logits(images) - single.Logits(images)).abs().max().item<float>().ShouldBeLessThan(0.1f);
    }

    private async Task<string> ExportAsync(string output, string statement)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "net.py"),
            $"""
            import torch
            class Net(torch.nn.Module):
                def __init__(s):
                    super().__init__(); s.register_buffer("w", torch.linspace(-1, 1, 144).reshape(48, 3))
                def forward(s, x):
                    y = {output}
                    {statement}
            """
        );
        await PyTorch.RunAsync(_folder.Path, "import net, torch; torch.jit.script(net.Net()).save('net.ts.pt')");
        return Path.Combine(_folder.Path, "net.ts.pt");
    }

    private static BaseClassifier Open(string path, Precision precision = Precision.Float32) =>
        ModelLoader.Open(path, new ModelSpec { Name = "m", File = path }, Digits, CPU, precision);
}
