using RandomizedSmoothing.Models.Inference.Winograd;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Inference;

/// <summary>
/// A convolution whose weights are final: channels last, and in one pass with the sum and ReLU that follow it, by
/// <see cref="WinogradConvolution"/> where that takes it, else by <see cref="FusedOperations"/> where these can. Infers only.
/// </summary>
internal sealed class FinalConvolution : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly ConvolutionGeometry _geometry;
    private readonly Arithmetic _arithmetic;
    private readonly bool _single;
    private readonly bool _fused;
    private readonly WinogradConvolution? _winograd;

    /// <param name="weight">Out × in × height × width, single precision, on the CPU; copied.</param>
    /// <param name="bias">Per output channel, or null; copied.</param>
    /// <param name="geometry">How the kernel moves.</param>
    /// <param name="arithmetic">Where and in which numbers it shall compute.</param>
    public FinalConvolution(Tensor weight, Tensor? bias, ConvolutionGeometry geometry, Arithmetic arithmetic)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (_geometry, _arithmetic) = (geometry, arithmetic);
        var copy = arithmetic.Copy(weight);
        _weight = ChannelsLast(copy).DetachFromDisposeScope();
        _bias = bias is null ? null : arithmetic.Copy(bias).DetachFromDisposeScope();
        if (WinogradConvolution.Fits(copy, geometry))
        {
            _winograd = new WinogradConvolution(copy, _bias, geometry);
        }

        _single = weight.shape[1] == 1 && geometry.Groups == 1;
        _fused = !_single && arithmetic.Fuses;
    }

    /// <summary>input ∗ weight + bias, and ReLU if asked for.</summary>
    public Tensor Apply(Tensor input, bool relu)
    {
        if (_winograd?.Suits(input) == true)
        {
            return _winograd.Apply(input, null, false, new Epilogue(relu, _arithmetic.Rounds));
        }

        if (_fused)
        {
            return _arithmetic.Settle(FusedOperations.Convolve(input, _weight, _bias, _geometry, relu));
        }

        // One channel lies first as it lies last; said to be last, libtorch's own convolution is the fastest there is.
        var x = _single ? input.reshape(input.shape[0], input.shape[2], input.shape[3], 1).permute(0, 3, 1, 2) : input;
        var convolved = functional.conv2d(
            x,
            _weight,
            _bias,
            [_geometry.Stride.Y, _geometry.Stride.X],
            [_geometry.Padding.Y, _geometry.Padding.X],
            [_geometry.Dilation.Y, _geometry.Dilation.X],
            _geometry.Groups
        );
        return _arithmetic.Settle(relu ? convolved.relu_() : convolved);
    }

    /// <summary>sum + input ∗ weight + bias, and ReLU if asked for.</summary>
    /// <param name="sum">What is added to; channels last where it may be overwritten.</param>
    /// <param name="input">What is convolved.</param>
    /// <param name="relu">Whether negative values become zero.</param>
    /// <param name="overwrites">Whether the sum may be overwritten, which is faster.</param>
    public Tensor AddTo(Tensor sum, Tensor input, bool relu, bool overwrites = true)
    {
        if (_winograd?.Suits(input) == true)
        {
            return _winograd.Apply(input, sum, overwrites, new Epilogue(relu, _arithmetic.Rounds));
        }

        if (_fused && overwrites)
        {
            return _arithmetic.Settle(FusedOperations.ConvolveInto(sum, input, _weight, _bias, _geometry, relu));
        }

        var added = Apply(input, relu: false).add_(sum, RootedScalars.One);
        return _arithmetic.Settle(relu ? added.relu_() : added);
    }

    public void Dispose()
    {
        _winograd?.Dispose();
        _weight.Dispose();
        _bias?.Dispose();
    }

    private static Tensor ChannelsLast(Tensor weight) => weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
