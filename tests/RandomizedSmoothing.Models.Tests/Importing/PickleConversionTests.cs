using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Importing;

/// <summary>
/// The Python lines in the refusal of a pickle, run as they are printed by a real PyTorch on checkpoints of the forms that people
/// have; what they write must load and compute what PyTorch computes.
/// </summary>
public sealed class PickleConversionTests : IDisposable
{
    private static readonly ModelFit Cifar = new(new ImageShape(3, 32, 32), 10, 2);
    private readonly TemporaryFolder _folder = new();

    // The CIFAR networks of Cohen et al. 2019 by their names: normalisation without weights, then DataParallel around the ResNet.
    private const string Networks = """
        import torch, torch.nn as nn
        class Block(nn.Module):
            def __init__(s, i, o, stride):
                super().__init__()
                s.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False); s.bn1 = nn.BatchNorm2d(o)
                s.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False); s.bn2 = nn.BatchNorm2d(o)
                s.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if i != o else None
            def forward(s, x):
                shortcut = x if s.downsample is None else s.downsample(x)
                return torch.relu(s.bn2(s.conv2(torch.relu(s.bn1(s.conv1(x))))) + shortcut)
        class ResNet(nn.Module):
            def __init__(s, depth):
                super().__init__()
                s.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False); s.bn1 = nn.BatchNorm2d(16)
                stage = lambda i, o: nn.Sequential(*[Block(i if b == 0 else o, o, 2 if b == 0 and i != o else 1) for b in range((depth - 2) // 6)])
                s.layer1, s.layer2, s.layer3, s.fc = stage(16, 16), stage(16, 32), stage(32, 64), nn.Linear(64, 10)
            def forward(s, x):
                x = s.layer3(s.layer2(s.layer1(torch.relu(s.bn1(s.conv1(x))))))
                return s.fc(x.mean((2, 3)))
        class NormalizeLayer(nn.Module):
            def __init__(s, means, sds):
                super().__init__(); s.means, s.sds = torch.tensor(means), torch.tensor(sds)
            def forward(s, x):
                return (x - s.means[:, None, None]) / s.sds[:, None, None]
        def make(depth):
            torch.manual_seed(7); net = ResNet(depth)
            for m in net.modules():
                if isinstance(m, nn.BatchNorm2d): m.running_mean.uniform_(-.1, .1); m.running_var.uniform_(.8, 1.2)
            return nn.Sequential(NormalizeLayer([.5, .4, .3], [.2, .25, .3]), nn.DataParallel(net)).eval()
        """;

    private const string Logits = """
        with torch.no_grad(): y = m(torch.linspace(0, 1, 2 * 3 * 32 * 32).reshape(2, 3, 32, 32))
        print(" ".join(f"{v:.9g}" for v in y.flatten().tolist()))
        """;

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(
        110,
        "torch.save({'epoch': 90, 'arch': 'cifar_resnet110', 'state_dict': m.state_dict(), 'optimizer': o.state_dict()}, F)"
    )]
    [InlineData(20, "torch.save({'net': m[1].state_dict(), 'acc': 81.5}, F, _use_new_zipfile_serialization=False)")]
    [InlineData(20, "torch.save(m[1].module.state_dict(), F)")]
    [InlineData(20, "torch.save({'model': m[1]}, F)")]
    [InlineData(20, "torch.save(m, F)")]
    public async Task The_lines_of_the_refusal_convert_a_checkpoint(int depth, string save)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "networks.py"), Networks);
        var pickle = Path.Combine(_folder.Path, "checkpoint.pth.tar");
        var expected = await PyTorch.RunAsync(
            _folder.Path,
            $"""
            from networks import *
            F = {Quoted(pickle)}; m = make({depth}); o = torch.optim.SGD(m.parameters(), .1, .9)
            {Logits}
            {save}
            """
        );
        await PyTorch.RunAsync(
            _folder.Path,
            LinesOf(Should.Throw<UserErrorException>(() => Open(pickle, depth).Dispose()).Message)
        );
        using var scope = NewDisposeScope();
        using var classifier = Open(Path.Combine(_folder.Path, "checkpoint.safetensors"), depth);
        var logits = classifier.Logits(linspace(0, 1, 2 * Cifar.Shape.Dimension).reshape(2, 3, 32, 32));
        float[] theirs = [.. expected.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture))];
        logits.allclose(tensor(theirs, 2, 10), 1e-3, 1e-4).ShouldBeTrue(expected);
    }

    private static string LinesOf(string message)
    {
        string[] lines = [.. message.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal))];
        lines.Length.ShouldBe(3, message);
        return string.Join('\n', lines.Select(line => line[4..]));
    }

    private static string Quoted(string text) => $"\"{text}\"";

    private static BaseClassifier Open(string path, int depth) =>
        ModelLoader.Open(
            path,
            new ModelSpec
            {
                Name = "m",
                File = path,
                Architecture = $"resnet{depth}",
                Normalize = new Normalization([0.5, 0.4, 0.3], [0.2, 0.25, 0.3]),
            },
            Cifar,
            CPU,
            Precision.Float32
        );
}
