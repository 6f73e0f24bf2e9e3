using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>A <see cref="WinogradKernel"/> on tensors of libtorch, in single precision on the processor.</summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    private readonly WinogradKernel _kernel;
    private readonly (int Y, int X) _padding;
    private readonly int _outputs;
    private readonly int _channels;

    /// <param name="weight">Out × in × 3 × 3, single precision, on the CPU; copied.</param>
    /// <param name="bias">Per output channel, or null; copied.</param>
    /// <param name="geometry">One that <see cref="Fits"/>.</param>
    public WinogradConvolution(Tensor weight, Tensor? bias, ConvolutionGeometry geometry)
    {
        (_outputs, _channels) = ((int)weight.shape[0], (int)weight.shape[1]);
        _padding = ((int)geometry.Padding.Y, (int)geometry.Padding.X);
        var weights = weight.contiguous().data<float>().ToArray();
        var biases = bias is null ? [] : bias.contiguous().data<float>().ToArray();
        _kernel = new WinogradKernel(weights, biases, _outputs, _channels);
    }

    /// <summary>Whether a convolution can be computed so: on this processor, with weights of single precision.</summary>
    public static bool Fits(Tensor weight, ConvolutionGeometry geometry) =>
        (Vector512.IsHardwareAccelerated || (Avx2.IsSupported && Fma.IsSupported))
        && TensorMemory.IsKnown
        && weight is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 }
        && weight.shape is [var outputs, var channels, 3, 3]
        && outputs % WinogradTransform.Lanes == 0
        && channels % WinogradTransform.Lanes == 0
        && geometry is { Stride: (1, 1), Dilation: (1, 1), Groups: 1, Padding: (>= 0 and <= 2, >= 0 and <= 2) };

    /// <summary>
    /// Whether it takes images, and pays for their size: where few outputs are left, too many of a tile's sixteen are for nothing.
    /// </summary>
    public bool Suits(Tensor input) =>
        IsPlain(input)
        && input.shape[1] == _channels
        && ShapeOf(input) is { ResultHeight: var height and > 0, ResultWidth: var width and > 0 } shape
        && 6 * shape.TileRows * shape.TileColumns <= height * width;

    /// <summary>sum + input ∗ weight + bias, and what follows.</summary>
    /// <param name="input">N × C × H × W, such that it <see cref="Suits"/>.</param>
    /// <param name="sum">What is added to, of the result's shape; null for nothing.</param>
    /// <param name="overwrites">Whether the sum may be overwritten by the result.</param>
    /// <param name="after">What follows.</param>
    /// <returns>Channels last.</returns>
    /// <exception cref="ExternalException">The sum is of another shape.</exception>
    public Tensor Apply(Tensor input, Tensor? sum, bool overwrites, Epilogue after)
    {
        var shape = ShapeOf(input);
        if (sum is not null && !(IsPlain(sum) && sum.shape.SequenceEqual(shape.Results(_outputs))))
        {
            throw new ExternalException(
                $"Results of {string.Join('×', shape.Results(_outputs))} cannot be added to {string.Join('×', sum.shape)} ({sum.dtype})."
            );
        }

        using var scope = NewDisposeScope();
        var images = Dense(input);
        var added = sum is null ? null : Dense(sum);
        var result =
            added is not null && overwrites
                ? added
                : empty(shape.Images, shape.ResultHeight, shape.ResultWidth, _outputs);
        _kernel.Apply(
            TensorMemory.Of(images),
            shape,
            added is null ? null : TensorMemory.Of(added),
            TensorMemory.Of(result),
            after
        );
        return result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    public void Dispose() => _kernel.Dispose();

    private static bool IsPlain(Tensor tensor) =>
        tensor is { device_type: DeviceType.CPU, dtype: ScalarType.Float32, Dimensions: 4 };

    private WinogradShape ShapeOf(Tensor input) =>
        new((int)input.shape[0], (int)input.shape[2], (int)input.shape[3], _padding);

    // Channels last without gaps: an alias or a copy.
    private static Tensor Dense(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous();
}
