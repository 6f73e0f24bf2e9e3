using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Images in another size, with the operands of <c>torch.upsample_…2d</c>.</summary>
internal static class Resizing
{
    /// <summary><c>upsample_nearest2d</c>.</summary>
    public static Tensor Nearest(Operands o) =>
        functional.interpolate(o.Tensor(0), Size(o, 2), mode: InterpolationMode.Nearest);

    /// <summary><c>upsample_bilinear2d</c> or <c>upsample_bicubic2d</c>.</summary>
    public static Tensor Smooth(Operands o, InterpolationMode mode) =>
        functional.interpolate(o.Tensor(0), Size(o, 3), mode: mode, align_corners: o.Truth(2, "align_corners", false));

    // To a size, or by whole factors: others would be another grid than that of the size they lead to.
    private static long[] Size(Operands o, int factors) =>
        (o.IsNone(1), o.IsNone(factors), o.Tensor(0).shape) switch
        {
            (false, true, _) when o.IsNone(factors + 1) => o.Wholes(1, "output_size"),
            (true, false, [_, _, var height, var width]) when o.Wholes(factors, "scale_factors") is [var y, var x] =>
            [
                height * y,
                width * x,
            ],
            _ => throw new NotFreezableException("a resizing by factors"),
        };
}
