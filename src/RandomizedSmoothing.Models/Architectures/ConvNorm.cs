using RandomizedSmoothing.Models.Inference;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>A network whose convolutions can be brought into their fastest form once its weights are final.</summary>
internal interface IFoldable
{
    /// <summary>
    /// Folds batch norms into the convolutions before them, from weights in single precision on the CPU: from now on the network
    /// only infers, and its blocks may overwrite what they are given.
    /// </summary>
    void Fold(Arithmetic arithmetic);
}

/// <summary>
/// A convolution without bias followed by batch norm. Both are registered by their owner under their published names; once
/// <see cref="Fold">folded</see> they act as one convolution with weight w γ/√(v + ε) and bias β − μ γ/√(v + ε).
/// </summary>
internal sealed class ConvNorm(Conv2d conv, BatchNorm2d norm, int stride, int padding) : IFoldable
{
    private const double Epsilon = 1e-5;
    private FinalConvolution? _folded;

    /// <summary>A convolution of kernel × kernel, padded to keep the size unless <paramref name="padding"/> says otherwise.</summary>
    public static ConvNorm Create(int channels, int width, int kernel, int stride = 1, int? padding = null) =>
        new(
            Conv2d(channels, width, kernel, stride: stride, padding: (long)(padding ?? kernel / 2), bias: false),
            BatchNorm2d(width, eps: Epsilon),
            stride,
            padding ?? kernel / 2
        );

    /// <summary>The convolution, to be registered.</summary>
    public Conv2d Conv { get; } = conv;

    /// <summary>The batch norm, to be registered.</summary>
    public BatchNorm2d Norm { get; } = norm;

    /// <summary>Norm after convolution.</summary>
    public Tensor Apply(Tensor input) => _folded?.Apply(input, relu: false) ?? Train(input);

    /// <summary>ReLU after norm after convolution.</summary>
    public Tensor ApplyRelu(Tensor input) => _folded?.Apply(input, relu: true) ?? functional.relu(Train(input));

    /// <summary>ReLU of the sum of a shortcut and norm after convolution.</summary>
    /// <param name="shortcut">Overwritten once folded.</param>
    /// <param name="input">What is convolved.</param>
    public Tensor ApplyAddRelu(Tensor shortcut, Tensor input) =>
        _folded?.AddTo(shortcut, input, relu: true) ?? functional.relu(Train(input).add_(shortcut, RootedScalars.One));

    /// <inheritdoc />
    public void Fold(Arithmetic arithmetic)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scale = Norm.weight / Norm.running_var!.Plus(Epsilon).sqrt();
        var bias = Norm.bias! - Norm.running_mean! * scale;
        var weight = Conv.weight * scale.reshape(-1, 1, 1, 1);
        _folded = new FinalConvolution(weight, bias, new(stride, padding), arithmetic);
    }

    /// <summary>Frees the folded tensors.</summary>
    public void Free() => _folded?.Dispose();

    private Tensor Train(Tensor input)
    {
        using var convolved = Conv.forward(input);
        return Norm.forward(convolved);
    }
}
