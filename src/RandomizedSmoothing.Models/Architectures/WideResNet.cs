using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Inference;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// Wide residual networks for 32 × 32 images (Zagoruyko and Komodakis 2016), depth 6n + 4: three groups of n blocks of 16k, 32k and
/// 64k channels that normalise before they convolve, without dropout.
/// </summary>
internal sealed class WideResNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly Conv2d _conv1;
    private readonly List<WideBlock> _blocks = [];
    private readonly BatchNorm2d _bn1;
    private readonly Linear _fc;

    private WideResNet(int depth, int widen, ImageShape shape, int classes)
        : base($"wrn-{depth}-{widen}")
    {
        _conv1 = Conv2d(shape.Channels, 16, 3L, padding: 1L, bias: false);
        register_module("conv1", _conv1);
        var channels = 16;
        for (var group = 1; group <= 3; group++)
        {
            var width = (8 << group) * widen;
            var layer = ModuleList<WideBlock>();
            for (var index = 0; index < (depth - 4) / 6; index++)
            {
                var block = new WideBlock(channels, width, group > 1 && index == 0 ? 2 : 1);
                layer.Add(block);
                _blocks.Add(block);
                channels = width;
            }

            register_module($"block{group}", new Layer(layer));
        }

        _bn1 = BatchNorm2d(channels);
        _fc = Linear(channels, classes);
        register_module("bn1", _bn1);
        register_module("fc", _fc);
    }

    /// <summary>The entries in the catalogue.</summary>
    public static IEnumerable<Architecture> Definitions =>
        from size in new[] { (Depth: 16, Widen: 4), (Depth: 28, Widen: 10) }
        select new Architecture
        {
            Name = $"wrn-{size.Depth}-{size.Widen}",
            Summary =
                $"wide residual network of {size.Depth} layers, width {size.Widen}, for 32×32 images (Zagoruyko and Komodakis 2016)",
            BatchRows = 64,
            Misfit = CifarResNet.MisfitOf,
            // Files of earlier versions hold these a second time.
            Synonyms = [("._bn1.", ".bn1."), ("._conv2.", ".conv2."), ("._shortcut.", ".convShortcut.")],
            Build = (shape, classes) => new WideResNet(size.Depth, size.Widen, shape, classes),
        };

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv1.call(input);
        foreach (var block in _blocks)
        {
            using var read = x;
            x = block.forward(read);
        }

        x = functional.relu(_bn1.call(x)).mean([2, 3]);
        return _fc.call(x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic) => _blocks.ForEach(block => block.Fold(arithmetic));

    /// <summary>Gives the blocks the name they have in the published code: <c>block1.layer.0</c>.</summary>
    private sealed class Layer : Module
    {
        public Layer(ModuleList<WideBlock> blocks)
            : base("layer") => register_module("layer", blocks);
    }
}

/// <summary>Norm, ReLU, convolution, twice, and a shortcut around them.</summary>
internal sealed class WideBlock : Module<Tensor, Tensor>, IFoldable
{
    // In one field: TorchSharp would register fields that are modules a second time, under the fields' names.
    private readonly (BatchNorm2d Norm, ConvNorm First, Conv2d Second, Conv2d? Shortcut) _layers;
    private readonly int _stride;
    private FinalConvolution? _finalSecond;
    private FinalConvolution? _finalShortcut;

    public WideBlock(int channels, int width, int stride)
        : base("block")
    {
        _stride = stride;
        _layers = (
            BatchNorm2d(channels),
            ConvNorm.Create(channels, width, 3, stride),
            Conv2d(width, width, 3L, padding: 1L, bias: false),
            channels == width ? null : Conv2d(channels, width, 1L, stride: stride, bias: false)
        );
        register_module("bn1", _layers.Norm);
        register_module("conv1", _layers.First.Conv);
        register_module("bn2", _layers.First.Norm);
        register_module("conv2", _layers.Second);
        if (_layers.Shortcut is { } shortcut)
        {
            register_module("convShortcut", shortcut);
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var normed = functional.relu(_layers.Norm.call(input));
        var x = _layers.First.ApplyRelu(normed);
        var sum = _finalSecond is null
            ? _layers.Second.forward(x).add(_layers.Shortcut?.forward(normed) ?? input, RootedScalars.One)
            : _finalSecond.AddTo(_finalShortcut?.Apply(normed, relu: false) ?? input, x, relu: false);
        return sum.MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _layers.First.Fold(arithmetic);
        _finalSecond = new FinalConvolution(_layers.Second.weight, null, new(1, 1), arithmetic);
        _finalShortcut = _layers.Shortcut is null
            ? null
            : new FinalConvolution(_layers.Shortcut.weight, null, new(_stride, 0), arithmetic);
    }

    protected override void Dispose(bool disposing)
    {
        _layers.First.Free();
        _finalSecond?.Dispose();
        _finalShortcut?.Dispose();
        base.Dispose(disposing);
    }
}
