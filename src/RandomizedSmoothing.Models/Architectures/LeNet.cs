using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Inference;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// LeNet in its modern form: two 5 × 5 convolutions (20 and 50 channels) with batch norm, ReLU and 2 × 2 max pooling, a hidden
/// layer of 256 (LeCun, Bottou, Bengio, Haffner 1998, with the widths that later frameworks shipped).
/// </summary>
internal sealed class LeNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly ConvNorm _first;
    private readonly ConvNorm _second;
    private readonly Linear _fc1;
    private readonly Linear _fc2;

    private LeNet(ImageShape shape, int classes)
        : base("lenet")
    {
        var features = 50L * Reduced(shape.Height) * Reduced(shape.Width);
        _first = ConvNorm.Create(shape.Channels, 20, 5, padding: 0);
        _second = ConvNorm.Create(20, 50, 5, padding: 0);
        _fc1 = Linear(features, 256);
        _fc2 = Linear(256, classes);
        register_module("conv1", _first.Conv);
        register_module("bn1", _first.Norm);
        register_module("conv2", _second.Conv);
        register_module("bn2", _second.Norm);
        register_module("fc1", _fc1);
        register_module("fc2", _fc2);
    }

    /// <summary>The entry in the catalogue.</summary>
    public static Architecture Definition { get; } =
        new()
        {
            Name = "lenet",
            Summary = "LeNet with ReLU and max pooling, for MNIST-like images (LeCun et al. 1998)",
            BatchRows = 64,
            Misfit = shape =>
                Reduced(shape.Height) < 1 || Reduced(shape.Width) < 1
                    ? "after two 5 × 5 convolutions and poolings nothing would be left; at least 16 × 16 pixels are needed"
                : shape.Height * shape.Width > 128 * 128 ? "it is meant for images of at most 128 × 128 pixels"
                : null,
            Build = (shape, classes) => new LeNet(shape, classes),
        };

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = functional.max_pool2d(_first.ApplyRelu(input), 2);
        x = functional.max_pool2d(_second.ApplyRelu(x), 2);
        x = functional.relu(_fc1.call(x.flatten(1)));
        return _fc2.call(x).MoveToOuterDisposeScope();
    }

    public void Fold(Arithmetic arithmetic)
    {
        _first.Fold(arithmetic);
        _second.Fold(arithmetic);
    }

    protected override void Dispose(bool disposing)
    {
        _first.Free();
        _second.Free();
        base.Dispose(disposing);
    }

    private static int Reduced(int length) => ((length - 4) / 2 - 4) / 2;
}
