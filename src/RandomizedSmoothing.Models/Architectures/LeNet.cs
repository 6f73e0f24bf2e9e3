using RandomizedSmoothing.Core.Sweeps;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>
/// LeNet in its modern form: two 5 × 5 convolutions (20 and 50 channels) with ReLU and 2 × 2 max pooling, a hidden layer of 256
/// (LeCun, Bottou, Bengio, Haffner 1998, with the widths that later frameworks shipped).
/// </summary>
internal sealed class LeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly Conv2d _conv2;
    private readonly Linear _fc1;
    private readonly Linear _fc2;

    private LeNet(ImageShape shape, int classes)
        : base("lenet")
    {
        var features = 50L * Reduced(shape.Height) * Reduced(shape.Width);
        _conv1 = Conv2d(shape.Channels, 20, 5L);
        _conv2 = Conv2d(20, 50, 5L);
        _fc1 = Linear(features, 256);
        _fc2 = Linear(256, classes);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
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
        var x = functional.max_pool2d(functional.relu(_conv1.forward(input)), 2);
        x = functional.max_pool2d(functional.relu(_conv2.forward(x)), 2);
        x = functional.relu(_fc1.forward(x.flatten(1)));
        return _fc2.forward(x).MoveToOuterDisposeScope();
    }

    private static int Reduced(int length) => ((length - 4) / 2 - 4) / 2;
}
