using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>How far apart two computations of the same logits are. A masked class has minus infinity in both.</summary>
internal static class LogitDifference
{
    /// <summary>The greatest difference; not a number where one of them is and the other is not.</summary>
    public static float Between(Tensor one, Tensor other) =>
        where(one.eq(other), zeros_like(one), (one - other).abs()).max().item<float>();

    /// <summary>The greatest absolute value of those that are finite.</summary>
    public static float Scale(Tensor logits) =>
        where(logits.isfinite(), logits.abs(), zeros_like(logits)).max().item<float>();
}
