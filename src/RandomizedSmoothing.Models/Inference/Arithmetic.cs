using System.Runtime.Intrinsics.X86;
using RandomizedSmoothing.Core.Sweeps;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Inference;

/// <summary>
/// Where and in which numbers a network infers. A processor without instructions for bfloat16 keeps its numbers in single
/// precision and rounds what each layer leaves: weights and activations are bfloat16, sums are single precision, as with the
/// instructions, and several times faster than libtorch's own way around them.
/// </summary>
internal sealed class Arithmetic
{
    private Arithmetic(Device device, ScalarType type, bool rounds) =>
        (Device, Type, Rounds, Fuses) = (
            device,
            type,
            rounds,
            device.type == DeviceType.CPU && FusedOperations.Support(type)
        );

    /// <summary>Whether this processor computes with bfloat16 itself; of other kinds than x86 libtorch knows more.</summary>
    public static bool HasBFloat16 { get; } = !X86Base.IsSupported || (Avx512BW.VL.IsSupported && HasInstructions());

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>How numbers lie in memory.</summary>
    public ScalarType Type { get; }

    /// <summary>Whether that is single precision, so that nothing needs to be converted.</summary>
    public bool IsSingle => Type == ScalarType.Float32 && !Rounds;

    /// <summary>Whether what layers leave is rounded to bfloat16.</summary>
    public bool Rounds { get; }

    /// <summary>Whether <see cref="FusedOperations"/> may be used.</summary>
    public bool Fuses { get; }

    /// <summary>What a device does in a precision.</summary>
    public static Arithmetic Of(Device device, Precision precision) => Of(device, precision, HasBFloat16);

    /// <summary>What a device does in a precision beside a processor with or without instructions for bfloat16.</summary>
    internal static Arithmetic Of(Device device, Precision precision, bool hasBFloat16)
    {
        var rounds = precision == Precision.BFloat16 && device.type == DeviceType.CPU && !hasBFloat16;
        var isSingle = rounds || precision == Precision.Float32;
        return new(device, isSingle ? ScalarType.Float32 : ScalarType.BFloat16, rounds);
    }

    /// <summary>Floating-point numbers in the precision, on the device: a copy.</summary>
    public Tensor Copy(Tensor weight)
    {
        var copy = weight.to(weight.is_floating_point() ? Type : weight.dtype, Device, copy: true);
        return copy.is_floating_point() ? Settle(copy) : copy;
    }

    /// <summary>An input in the precision: itself where it is so already.</summary>
    public Tensor Convert(Tensor input) => Rounds ? Settle(input.clone()) : input.to(Type);

    /// <summary>Rounds what a layer left, if that has not happened: in place, where it may.</summary>
    public Tensor Settle(Tensor result) => Rounds ? BFloat16Rounding.Round(result) : result;

    /// <summary>Takes a network over whose convolutions are folded: the other layers' weights, and what these layers leave.</summary>
    /// <param name="network">Infers only from now on.</param>
    public nn.Module<Tensor, Tensor> Take(nn.Module<Tensor, Tensor> network)
    {
        network = network.to(Device).to(Type);
        if (!Rounds)
        {
            return network;
        }

        using (no_grad())
        {
            foreach (var value in network.parameters().Concat(network.buffers()).Where(v => v.is_floating_point()))
            {
                Settle(value);
            }
        }

        foreach (var layer in network.modules())
        {
            if (layer is Linear linear)
            {
                linear.register_forward_pre_hook((_, input) => Settle(input));
            }

            if (layer is Linear or Conv2d or BatchNorm2d)
            {
                ((nn.Module<Tensor, Tensor>)layer).register_forward_hook((_, _, result) => Settle(result));
            }
        }

        return network;
    }

    // AVX512_BF16, which every processor with AMX has, too.
    private static bool HasInstructions() =>
        X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
}
