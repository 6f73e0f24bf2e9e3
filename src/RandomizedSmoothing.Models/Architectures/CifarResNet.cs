using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Inference;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// The residual networks for 32 × 32 images of He, Zhang, Ren, Sun 2016 (section 4.2), depth 6n + 2: three stages of n basic
/// blocks with 16, 32 and 64 channels. Where a stage begins, the shortcut is a 1 × 1 convolution with batch norm, as in the code
/// of Cohen et al. 2019 (<c>resnet110</c>), or, in the variants that end in <c>-a</c>, every second pixel padded with zero
/// channels (option A of the paper).
/// </summary>
internal sealed class CifarResNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly ConvNorm _first;
    private readonly List<ResidualBlock> _blocks = [];
    private readonly Linear _fc;

    private CifarResNet(string name, int depth, bool projected, ImageShape shape, int classes)
        : base(name)
    {
        _first = ConvNorm.Create(shape.Channels, 16, 3);
        register_module("conv1", _first.Conv);
        register_module("bn1", _first.Norm);
        var channels = 16;
        for (var stage = 1; stage <= 3; stage++)
        {
            var layer = ModuleList<ResidualBlock>();
            for (var index = 0; index < (depth - 2) / 6; index++)
            {
                var width = 8 << stage;
                var block = new ResidualBlock(channels, width, stage > 1 && index == 0 ? 2 : 1, projected);
                layer.Add(block);
                _blocks.Add(block);
                channels = width;
            }

            register_module($"layer{stage}", layer);
        }

        _fc = Linear(64, classes);
        register_module("fc", _fc);
    }

    /// <summary>The entries in the catalogue.</summary>
    public static IEnumerable<Architecture> Definitions =>
        from depth in new[] { 20, 32, 44, 56, 110 }
        from projected in new[] { true, false }
        let name = $"resnet{depth}{(projected ? "" : "-a")}"
        select new Architecture
        {
            Name = name,
            Summary = projected
                ? $"residual network of {depth} layers for 32×32 images, as in Cohen et al. 2019"
                : $"residual network of {depth} layers for 32×32 images, shortcuts without parameters (He et al. 2016, option A)",
            BatchRows = 64,
            Variants = projected ? [$"resnet{depth}-a"] : [$"resnet{depth}"],
            Synonyms = [("linear.", "fc."), ("shortcut.", "downsample.")],
            Misfit = MisfitOf,
            Build = (shape, classes) => new CifarResNet(name, depth, projected, shape, classes),
        };

    /// <summary>Why a network for 32 × 32 images cannot take a shape; null where it can.</summary>
    public static string? MisfitOf(ImageShape shape) =>
        shape.Height is < 16 or > 64 || shape.Width is < 16 or > 64
            ? "it is meant for images of 16 to 64 pixels a side"
            : null;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _first.ApplyRelu(input);
        foreach (var block in _blocks)
        {
            using var read = x;
            x = block.forward(read);
        }

        x = x.mean([2, 3]);
        return _fc.call(x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _first.Fold(arithmetic);
        _blocks.ForEach(block => block.Fold(arithmetic));
    }

    protected override void Dispose(bool disposing)
    {
        _first.Free();
        base.Dispose(disposing);
    }
}
