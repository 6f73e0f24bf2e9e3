using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Inference;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// Two convolutions of 3 × 3 (16 and 32 channels, the second with stride 2) and two linear layers: enough for 8 × 8 digits at a
/// hundred thousand images a second and core.
/// </summary>
internal sealed class SmallConvNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly Conv2d _conv1;
    private readonly Conv2d _conv2;
    private readonly Linear _fc1;
    private readonly Linear _fc2;
    private FinalConvolution? _final1;
    private FinalConvolution? _final2;

    private SmallConvNet(ImageShape shape, int classes)
        : base("small-conv")
    {
        var reduced = (long)((shape.Height + 1) / 2) * ((shape.Width + 1) / 2);
        _conv1 = Conv2d(shape.Channels, 16, 3L, padding: 1L);
        _conv2 = Conv2d(16, 32, 3L, stride: 2L, padding: 1L);
        _fc1 = Linear(32 * reduced, 64);
        _fc2 = Linear(64, classes);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
        register_module("fc1", _fc1);
        register_module("fc2", _fc2);
    }

    /// <summary>The entry in the catalogue.</summary>
    public static Architecture Definition { get; } =
        new()
        {
            Name = "small-conv",
            Summary = "two 3×3 convolutions and two linear layers, for small images such as digits",
            BatchRows = 256,
            Misfit = shape =>
                shape.Height * shape.Width > 64 * 64 ? "it is meant for images of at most 64 × 64 pixels" : null,
            Build = (shape, classes) => new SmallConvNet(shape, classes),
        };

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _final1?.Apply(input, relu: true) ?? functional.relu(_conv1.call(input));
        x = _final2?.Apply(x, relu: true) ?? functional.relu(_conv2.forward(x));
        x = functional.relu(_fc1.call(x.flatten(1)));
        return _fc2.call(x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _final1 = new FinalConvolution(_conv1.weight, _conv1.bias, new(1, 1), arithmetic);
        _final2 = new FinalConvolution(_conv2.weight, _conv2.bias, new(2, 1), arithmetic);
    }

    protected override void Dispose(bool disposing)
    {
        _final1?.Dispose();
        _final2?.Dispose();
        base.Dispose(disposing);
    }
}
