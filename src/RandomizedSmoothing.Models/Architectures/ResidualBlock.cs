using RandomizedSmoothing.Models.Inference;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>Two 3 × 3 convolutions with batch norm and a shortcut around them.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>, IFoldable
{
    private readonly ConvNorm _first;
    private readonly ConvNorm _second;
    private readonly ConvNorm? _shortcut;
    private readonly int _stride;
    private readonly int _padding;

    public ResidualBlock(int channels, int width, int stride, bool projected)
        : base("block")
    {
        _stride = stride;
        _padding = width - channels;
        _first = ConvNorm.Create(channels, width, 3, stride);
        _second = ConvNorm.Create(width, width, 3);
        register_module("conv1", _first.Conv);
        register_module("bn1", _first.Norm);
        register_module("conv2", _second.Conv);
        register_module("bn2", _second.Norm);
        if (projected && (stride != 1 || channels != width))
        {
            _shortcut = ConvNorm.Create(channels, width, 1, stride);
            register_module("downsample", Sequential(_shortcut.Conv, _shortcut.Norm));
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _first.ApplyRelu(input);
        return _second.ApplyAddRelu(Shortcut(input), x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _first.Fold(arithmetic);
        _second.Fold(arithmetic);
        _shortcut?.Fold(arithmetic);
    }

    protected override void Dispose(bool disposing)
    {
        _first.Free();
        _second.Free();
        _shortcut?.Free();
        base.Dispose(disposing);
    }

    private Tensor Shortcut(Tensor input)
    {
        if (_shortcut is not null)
        {
            return _shortcut.Apply(input);
        }

        if (_stride == 1 && _padding == 0)
        {
            return input;
        }

        var half = input.slice(2, 0, input.shape[2], _stride).slice(3, 0, input.shape[3], _stride);
        return functional.pad(half, [0, 0, 0, 0, _padding / 2, _padding - _padding / 2]);
    }
}
