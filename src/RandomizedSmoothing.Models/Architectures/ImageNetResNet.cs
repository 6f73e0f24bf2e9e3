using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Inference;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// The residual networks for 224 × 224 images of He, Zhang, Ren, Sun 2016 (section 4.1), with torchvision's names and its place of
/// the stride (the 3 × 3 convolution of a bottleneck); resnet50 is the network of Cohen et al. 2019 on ImageNet.
/// </summary>
internal sealed class ImageNetResNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly ConvNorm _first;
    private readonly List<Module<Tensor, Tensor>> _blocks = [];
    private readonly Linear _fc;

    private ImageNetResNet(string name, int[] blocks, bool bottleneck, ImageShape shape, int classes)
        : base(name)
    {
        _first = ConvNorm.Create(shape.Channels, 64, 7, 2);
        register_module("conv1", _first.Conv);
        register_module("bn1", _first.Norm);
        var channels = 64;
        for (var stage = 0; stage < 4; stage++)
        {
            var layer = ModuleList<Module<Tensor, Tensor>>();
            for (var index = 0; index < blocks[stage]; index++)
            {
                var width = 64 << stage;
                var stride = stage > 0 && index == 0 ? 2 : 1;
                Module<Tensor, Tensor> block = bottleneck
                    ? new BottleneckBlock(channels, width, stride)
                    : new ResidualBlock(channels, width, stride, projected: true);
                layer.Add(block);
                _blocks.Add(block);
                channels = bottleneck ? 4 * width : width;
            }

            register_module($"layer{stage + 1}", layer);
        }

        _fc = Linear(channels, classes);
        register_module("fc", _fc);
    }

    /// <summary>The entries in the catalogue.</summary>
    public static IEnumerable<Architecture> Definitions =>
        [
            Define("resnet18", [2, 2, 2, 2], false),
            Define("resnet34", [3, 4, 6, 3], false),
            Define("resnet50", [3, 4, 6, 3], true),
        ];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _first.ApplyRelu(input);
        x = functional.max_pool2d(x, 3, 2, 1);
        foreach (var block in _blocks)
        {
            using var read = x;
            x = block.forward(read);
        }

        return _fc.call(x.mean([2, 3])).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _first.Fold(arithmetic);
        _blocks.ForEach(block => ((IFoldable)block).Fold(arithmetic));
    }

    protected override void Dispose(bool disposing)
    {
        _first.Free();
        base.Dispose(disposing);
    }

    private static Architecture Define(string name, int[] blocks, bool bottleneck) =>
        new()
        {
            Name = name,
            Summary =
                $"residual network of {name["resnet".Length..]} layers for 224×224 images (He et al. 2016, torchvision's names)",
            BatchRows = 16,
            Misfit = shape =>
                shape.Height < 64 || shape.Width < 64 ? "it is meant for images of at least 64 × 64 pixels" : null,
            Build = (shape, classes) => new ImageNetResNet(name, blocks, bottleneck, shape, classes),
        };
}

/// <summary>Convolutions of 1 × 1, 3 × 3 and 1 × 1 with batch norm, the last four times as wide, and a shortcut around them.</summary>
internal sealed class BottleneckBlock : Module<Tensor, Tensor>, IFoldable
{
    private readonly ConvNorm[] _layers;
    private readonly ConvNorm? _shortcut;

    public BottleneckBlock(int channels, int width, int stride)
        : base("block")
    {
        _layers =
        [
            ConvNorm.Create(channels, width, 1),
            ConvNorm.Create(width, width, 3, stride),
            ConvNorm.Create(width, 4 * width, 1),
        ];
        for (var i = 0; i < _layers.Length; i++)
        {
            register_module($"conv{i + 1}", _layers[i].Conv);
            register_module($"bn{i + 1}", _layers[i].Norm);
        }

        if (stride != 1 || channels != 4 * width)
        {
            _shortcut = ConvNorm.Create(channels, 4 * width, 1, stride);
            register_module("downsample", Sequential(_shortcut.Conv, _shortcut.Norm));
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _layers[1].ApplyRelu(_layers[0].ApplyRelu(input));
        return _layers[2].ApplyAddRelu(_shortcut?.Apply(input) ?? input, x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        Array.ForEach(_layers, layer => layer.Fold(arithmetic));
        _shortcut?.Fold(arithmetic);
    }

    protected override void Dispose(bool disposing)
    {
        Array.ForEach(_layers, layer => layer.Free());
        _shortcut?.Free();
        base.Dispose(disposing);
    }
}
