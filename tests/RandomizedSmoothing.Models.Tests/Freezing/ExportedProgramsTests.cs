using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Tests.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>Networks of the usual kinds, as a real PyTorch scripts, traces, freezes and exports them, and PyTorch's own answers.</summary>
public sealed class ExportedProgramsTests : IDisposable
{
    private const string Networks = """
        import json, torch, torch.nn as nn, torch.nn.functional as F

        class Attention(nn.Module):
            def __init__(s, c):
                super().__init__(); s.pool = nn.AdaptiveAvgPool2d(1)
                s.fc = nn.Sequential(nn.Conv2d(c, c // 4, 1), nn.ReLU(inplace=True), nn.Conv2d(c // 4, c, 1), nn.Sigmoid())
            def forward(s, x): return x * s.fc(s.pool(x))

        class Inverted(nn.Module):
            def __init__(s, i, o, stride):
                super().__init__(); h = i * 4; s.use = stride == 1 and i == o
                s.conv = nn.Sequential(
                    nn.Conv2d(i, h, 1, bias=False), nn.BatchNorm2d(h), nn.ReLU6(inplace=True),
                    nn.Conv2d(h, h, 3, stride, 1, groups=h, bias=False), nn.BatchNorm2d(h), nn.SiLU(), Attention(h),
                    nn.Conv2d(h, o, 1, bias=False), nn.BatchNorm2d(o))
            def forward(s, x):
                if s.use: return x + s.conv(x)
                else: return s.conv(x)

        class Mobile(nn.Module):
            def __init__(s):
                super().__init__()
                s.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.Hardswish())
                s.blocks = nn.ModuleList([Inverted(16, 16, 1), Inverted(16, 24, 2), Inverted(24, 24, 1)])
                s.drop = nn.Dropout(0.2); s.fc = nn.Linear(24, 10)
            def forward(s, x):
                x = s.stem(x)
                for b in s.blocks: x = b(x)
                return s.fc(s.drop(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)))

        class Dense(nn.Module):
            def __init__(s):
                super().__init__()
                s.c0 = nn.Conv2d(3, 8, 3, padding=1)
                s.bns = nn.ModuleList([nn.BatchNorm2d(8 + 4 * i) for i in range(3)])
                s.cs = nn.ModuleList([nn.Conv2d(8 + 4 * i, 4, 3, padding=1, bias=False) for i in range(3)])
                s.bn = nn.BatchNorm2d(20); s.fc = nn.Linear(20 * 8 * 8, 10)
                s.register_buffer('mean', torch.tensor([.5, .4, .3]).view(1, 3, 1, 1)); s.std = 0.25
            def forward(s, x):
                x = s.c0((x - s.mean) / s.std)
                for b, c in zip(s.bns, s.cs): x = torch.cat([x, c(F.relu(b(x)))], 1)
                x = F.avg_pool2d(F.relu(s.bn(x)), 4)
                return s.fc(x.view(x.size(0), -1))

        def block(i, o): return [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]

        class Vgg(nn.Module):
            def __init__(s):
                super().__init__()
                s.features = nn.Sequential(*block(3, 16), nn.MaxPool2d(2, 2), *block(16, 32), nn.MaxPool2d(2), *block(32, 32), nn.AvgPool2d(2))
                s.classifier = nn.Sequential(nn.Dropout(), nn.Linear(512, 64), nn.BatchNorm1d(64), nn.LeakyReLU(0.1), nn.Linear(64, 10))
            def forward(s, x):
                x = s.features(x)
                return F.log_softmax(s.classifier(x.reshape(x.shape[0], -1)), dim=1)

        class Pre(nn.Module):
            def __init__(s, i, o, stride):
                super().__init__()
                s.bn1 = nn.BatchNorm2d(i); s.c1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
                s.bn2 = nn.BatchNorm2d(o); s.c2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
                s.sc = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False)) if stride != 1 or i != o else nn.Identity()
            def forward(s, x):
                z = s.c2(F.relu(s.bn2(s.c1(F.relu(s.bn1(x))))))
                z += s.sc(x)
                return z

        class PreNet(nn.Module):
            def __init__(s):
                super().__init__()
                s.c = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
                s.l = nn.Sequential(Pre(16, 16, 1), Pre(16, 32, 2), Pre(32, 64, 2))
                s.bn = nn.BatchNorm2d(64); s.fc = nn.Linear(64, 10)
            def forward(s, x): return s.fc(F.relu(s.bn(s.l(s.c(x)))).mean([2, 3]))

        class SelfAttention(nn.Module):
            def __init__(s, d, heads):
                super().__init__(); s.h = heads; s.scale = (d // heads) ** -0.5
                s.qkv = nn.Linear(d, 3 * d); s.out = nn.Linear(d, d)
            def forward(s, x):
                n, t, d = x.shape
                q, k, v = s.qkv(x).reshape(n, t, 3, s.h, d // s.h).permute(2, 0, 3, 1, 4).unbind(0)
                a = ((q @ k.transpose(-2, -1)) * s.scale).softmax(dim=-1)
                return s.out((a @ v).transpose(1, 2).reshape(n, t, d))

        class Transformer(nn.Module):
            def __init__(s):
                super().__init__(); d = 24
                s.patches = nn.Conv2d(3, d, 8, 8); s.token = nn.Parameter(torch.randn(1, 1, d)); s.place = nn.Parameter(torch.randn(1, 17, d))
                s.norm1 = nn.LayerNorm(d); s.attention = SelfAttention(d, 4)
                s.norm2 = nn.LayerNorm(d); s.mlp = nn.Sequential(nn.Linear(d, 48), nn.GELU(), nn.Dropout(0.1), nn.Linear(48, d))
                s.head = nn.Linear(d, 10)
            def forward(s, x):
                x = s.patches(x).flatten(2).transpose(1, 2)
                x = torch.cat((s.token.expand(x.shape[0], -1, -1), x), dim=1) + s.place
                x = x + s.attention(s.norm1(x))
                return s.head((x + s.mlp(s.norm2(x)))[:, 0])

        class Shuffled(nn.Module):
            def __init__(s):
                super().__init__(); d = 16
                s.stem = nn.Conv2d(3, d, 4, 4); s.deep = nn.Conv2d(8, 8, 3, padding=1, groups=8); s.norm = nn.BatchNorm2d(8)
                s.wide = nn.Conv2d(d, d, 7, padding=3, groups=d); s.layer = nn.LayerNorm(d); s.up = nn.Linear(d, 4 * d); s.down = nn.Linear(4 * d, d)
                s.gamma = nn.Parameter(0.5 * torch.ones(d)); s.head = nn.Linear(d, 10)
            def forward(s, x):
                x = s.stem(x)
                a, b = torch.split(x, 8, dim=1)
                m, _ = torch.max(b, dim=1, keepdim=True)
                x = torch.cat((torch.max(a, m), F.relu(s.norm(s.deep(b)))), 1)
                n, c, h, w = x.size()
                x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)
                y = s.gamma * s.down(F.gelu(s.up(s.layer(s.wide(x).permute(0, 2, 3, 1)))))
                return s.head((x + y.permute(0, 3, 1, 2)).mean([-2, -1]))

        class Repeated(nn.Module):
            def __init__(s):
                super().__init__(); s.means = nn.Parameter(torch.tensor([.5, .4, .3])); s.sds = nn.Parameter(torch.tensor([.2, .25, .3]))
            def forward(s, x):
                b, c, h, w = x.shape
                return (x - s.means.repeat([b, h, w, 1]).permute(0, 3, 1, 2)) / s.sds.repeat([b, h, w, 1]).permute(0, 3, 1, 2)

        class Normed(nn.Module):
            def __init__(s):
                super().__init__()
                s.f = nn.Sequential(
                    Repeated(), nn.Conv2d(3, 12, 3, 2, 1), nn.GroupNorm(4, 12), nn.ReLU(),
                    nn.Conv2d(12, 16, 3, 2, 1), nn.InstanceNorm2d(16, affine=True), nn.ReLU(inplace=True),
                    nn.Conv2d(16, 16, 3, 2, 1), nn.InstanceNorm2d(16))
                s.fc = nn.Linear(256, 10)
            def forward(s, x): return s.fc(s.f(x).flatten(1))

        class Attended(nn.Module):
            def __init__(s):
                super().__init__(); d = 24
                s.patches = nn.Conv2d(3, d, 8, 8); s.norm = nn.LayerNorm(d); s.head = nn.Linear(d, 10)
                s.attention = nn.MultiheadAttention(d, 4, dropout=0.1, batch_first=True)
            def forward(s, x):
                x = s.patches(x).flatten(2).transpose(1, 2); y = s.norm(x)
                y, _ = s.attention(y, y, y, need_weights=False)
                return s.head((x + y).mean(1))

        class Encoded(nn.Module):
            def __init__(s):
                super().__init__(); d = 24
                s.patches = nn.Conv2d(3, d, 8, 8); s.head = nn.Linear(d, 10)
                s.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(d, 4, 32, batch_first=True, norm_first=True), 2)
            def forward(s, x): return s.head(s.encoder(s.patches(x).flatten(2).transpose(1, 2))[:, 0])

        class Resized(nn.Module):
            def __init__(s):
                super().__init__(); s.c = nn.Conv2d(3, 8, 3, 4, 1); s.fc = nn.Linear(8, 10)
            def forward(s, x):
                x = F.interpolate(x, size=(48, 48), mode='bilinear', align_corners=False)
                return s.fc(F.relu(s.c(F.interpolate(x, size=[56, 56], mode='bicubic', align_corners=True))).mean([2, 3]))

        torch.manual_seed(3)
        x = torch.linspace(0, 1, 4 * 3072).reshape(4, 3, 32, 32) + 0.25 * torch.randn(4, 3, 32, 32)
        answers = {"input": x.flatten().tolist()}
        for kind in [Mobile, Dense, Vgg, PreNet, Transformer, Shuffled, Normed, Attended, Encoded, Resized]:
            net = kind().eval()
            for m in net.modules():
                if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                    m.running_mean.normal_(0, .3); m.running_var.uniform_(.5, 2)
                    nn.init.uniform_(m.weight, .5, 1.5); nn.init.normal_(m.bias, 0, .2)
            name = kind.__name__
            answers[name] = net(x).flatten().tolist()
            torch.jit.script(net).save(f'{name}.scripted.pt')
            torch.jit.trace(net, x, check_trace=kind is not Encoded).save(f'{name}.traced.pt')
            if kind in (Attended, Encoded, Resized): continue
            torch.jit.freeze(torch.jit.script(net)).save(f'{name}.frozen.pt')
            torch.onnx.export(net, x[:3], f'{name}.onnx', opset_version=14, dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}}, input_names=['x'], output_names=['y'])
            torch.onnx.export(net, x[:1], f'{name}.single.onnx')
        json.dump(answers, open('answers.json', 'w'))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Networks_of_the_usual_kinds_are_frozen_and_answer_as_in_PyTorch()
    {
        // Scripting reads the source of a class, which has to be a file.
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "networks.py"), Networks);
        await PyTorch.RunAsync(_folder.Path, "import networks");
        var text = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "answers.json"));
        var answers = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, float[]>>(text)!;
        using var scope = NewDisposeScope();
        var input = tensor(answers["input"], [4, 3, 32, 32]);
        var files = Directory
            .GetFiles(_folder.Path)
            .Where(path => Path.GetExtension(path) is ".pt" or ".onnx")
            .ToList();
        files.Count.ShouldBe(5 * 7 + 2 * 3);
        foreach (var path in files.Order(StringComparer.Ordinal))
        {
            var file = Path.GetFileName(path);
            foreach (var precision in new[] { Precision.Float32, Precision.BFloat16 })
            {
                var spec = new ModelSpec { Name = "m", File = path };
                var fit = new ModelFit(new ImageShape(3, 32, 32), 10, 4);
                using var classifier = ModelLoader.Open(path, spec, fit, CPU, precision);
                classifier.Obstacle.ShouldBeNull(file);
                classifier.Route.ShouldBe(ClassifierRoute.Frozen, file);
                var expected = tensor(answers[file.Split('.')[0]], [4, 10]);
                var tolerance = precision == Precision.Float32 ? 1e-4 : 0.05;
                classifier.Logits(input).allclose(expected, tolerance, tolerance).ShouldBeTrue($"{file}, {precision}");
            }
        }
    }
}
