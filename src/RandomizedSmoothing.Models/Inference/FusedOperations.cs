using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;
using unsafe Pointwise = delegate* unmanaged<
    nint,
    nint,
    nint*,
    long*,
    long,
    long*,
    long,
    long*,
    long,
    long,
    byte*,
    double**,
    long,
    byte**,
    nint*,
    int>;
using unsafe PointwiseBinary = delegate* unmanaged<
    nint,
    nint,
    nint,
    nint*,
    long*,
    long,
    long*,
    long,
    long*,
    long,
    long,
    byte*,
    double*,
    byte**,
    double**,
    long,
    byte**,
    nint*,
    int>;

namespace RandomizedSmoothing.Models.Inference;

/// <summary>
/// oneDNN's convolution with what follows it in one pass over memory, which libtorch exports with a C interface for its ahead-of-time
/// compiler (<c>aoti_torch_cpu_mkldnn__convolution_pointwise</c>) and TorchSharp does not wrap. A tensor's handle is the same
/// pointer on both sides.
/// </summary>
internal static unsafe class FusedOperations
{
    private static readonly Pointwise s_pointwise = (Pointwise)
        Libtorch.Function("aoti_torch_cpu_mkldnn__convolution_pointwise");

    private static readonly PointwiseBinary s_binary = (PointwiseBinary)
        Libtorch.Function("aoti_torch_cpu_mkldnn__convolution_pointwise_binary_");

    private static readonly Lazy<bool> Works = new(Try);

    /// <summary>
    /// Whether the processor and this libtorch have them for a type: oneDNN computes in bfloat16 from AVX-512 on.
    /// </summary>
    public static bool Support(ScalarType type) =>
        (type == ScalarType.Float32 || (type == ScalarType.BFloat16 && Avx512BW.VL.IsSupported && Avx512DQ.IsSupported))
        && s_pointwise is not null
        && s_binary is not null
        && Works.Value;

    /// <summary>input ∗ weight + bias, and ReLU if asked for.</summary>
    /// <param name="input">N × C × H × W on the CPU.</param>
    /// <param name="weight">Channels last.</param>
    /// <param name="bias">Per output channel, or null.</param>
    /// <param name="geometry">How the kernel moves.</param>
    /// <param name="relu">Whether negative values become zero.</param>
    /// <exception cref="ExternalException">The shapes do not fit.</exception>
    public static Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, ConvolutionGeometry geometry, bool relu)
    {
        var strides = stackalloc long[] { geometry.Stride.Y, geometry.Stride.X };
        var paddings = stackalloc long[] { geometry.Padding.Y, geometry.Padding.X };
        var dilations = stackalloc long[] { geometry.Dilation.Y, geometry.Dilation.X };
        var biasHandle = bias?.Handle ?? 0;
        nint result;
        fixed (byte* what = relu ? "relu\0"u8 : "none\0"u8)
        {
            var error = s_pointwise(
                input.Handle,
                weight.Handle,
                bias is null ? null : &biasHandle,
                paddings,
                2,
                strides,
                2,
                dilations,
                2,
                geometry.Groups,
                what,
                null,
                0,
                null,
                &result
            );
            Require(error, input, weight);
        }

        KeepAlive(input, weight, bias);
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>sum + input ∗ weight + bias, and ReLU if asked for.</summary>
    /// <param name="sum">What is added to; overwritten by the result. Channels last, of the result's shape.</param>
    /// <param name="input">N × C × H × W on the CPU.</param>
    /// <param name="weight">Channels last.</param>
    /// <param name="bias">Per output channel, or null.</param>
    /// <param name="geometry">How the kernel moves.</param>
    /// <param name="relu">Whether negative values become zero.</param>
    /// <exception cref="ExternalException">The shapes do not fit.</exception>
    public static Tensor ConvolveInto(
        Tensor sum,
        Tensor input,
        Tensor weight,
        Tensor? bias,
        ConvolutionGeometry geometry,
        bool relu
    )
    {
        var strides = stackalloc long[] { geometry.Stride.Y, geometry.Stride.X };
        var paddings = stackalloc long[] { geometry.Padding.Y, geometry.Padding.X };
        var dilations = stackalloc long[] { geometry.Dilation.Y, geometry.Dilation.X };
        var biasHandle = bias?.Handle ?? 0;
        var once = 1.0;
        nint result;
        fixed (
            byte* add = "add\0"u8,
                then = "relu\0"u8
        )
        {
            var what = then;
            var error = s_binary(
                sum.Handle,
                input.Handle,
                weight.Handle,
                bias is null ? null : &biasHandle,
                paddings,
                2,
                strides,
                2,
                dilations,
                2,
                geometry.Groups,
                add,
                &once,
                relu ? &what : null,
                null,
                0,
                null,
                &result
            );
            Require(error, input, weight);
        }

        KeepAlive(input, weight, bias);
        GC.KeepAlive(sum);
        return Tensor.UnsafeCreateTensor(result);
    }

    // An oneDNN that was built out, or for another processor, says so at the first call; it is asked once.
    private static bool Try()
    {
        try
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using var image = zeros(1, 8, 4, 4);
            using var weight = zeros(8, 8, 1, 1);
            using var bias = ones(8);
            using var once = Convolve(image, weight, bias, new ConvolutionGeometry(1, 0), relu: true);
            return once.sum().item<float>() == 128;
        }
        catch (ExternalException)
        {
            return false;
        }
    }

    private static void Require(int error, Tensor input, Tensor weight)
    {
        if (error != 0)
        {
            throw new ExternalException(
                $"A convolution with weights of {string.Join('×', weight.shape)} cannot be applied to {string.Join('×', input.shape)}."
            );
        }
    }

    private static void KeepAlive(Tensor input, Tensor weight, Tensor? bias)
    {
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }
}
