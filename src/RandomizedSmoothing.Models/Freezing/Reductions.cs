using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Norms and variances along dimensions, with the operands of their namesakes in <c>torch</c>.</summary>
internal static class Reductions
{
    // Of an operand that has no place, only a name.
    private const int Nowhere = int.MaxValue;

    /// <summary><c>var</c> along dimensions.</summary>
    public static Tensor Variance(Operands o) =>
        o.Tensor(0).var(Axes(o, 1), IsUnbiased(o), o.Truth(3, "keepdim", false));

    /// <summary><c>std</c> along dimensions.</summary>
    public static Tensor Deviation(Operands o) =>
        o.Tensor(0).std(Axes(o, 1), IsUnbiased(o), o.Truth(3, "keepdim", false));

    /// <summary><c>norm</c> along dimensions, and <c>linalg_vector_norm</c>.</summary>
    public static Tensor Norm(Operands o) =>
        o.Bound(Nowhere, "dtype") is null
            ? linalg.vector_norm(
                o.Tensor(0),
                o.Bound(1, o.IsNamed(1, "p") ? "p" : "ord") ?? 2,
                Axes(o, 2),
                o.Truth(3, "keepdim", false)
            )
            : throw new NotFreezableException("a norm in another type");

    /// <summary><c>frobenius_norm</c> along dimensions.</summary>
    public static Tensor Frobenius(Operands o) =>
        linalg.vector_norm(o.Tensor(0), 2, Axes(o, 1), o.Truth(2, "keepdim", false));

    /// <summary><c>_weight_norm</c>: a direction, and the length of its part for each index of one dimension.</summary>
    public static Tensor WeightNorm(Operands o)
    {
        var (direction, length) = (o.Tensor(0), o.Tensor(1));
        var kept = o.Whole(2, "dim", 0);
        var axes = Enumerable.Range(0, (int)direction.dim()).Select(axis => (long)axis).Where(axis => axis != kept);
        return direction.mul(length.div(linalg.vector_norm(direction, 2, [.. axes], true)));
    }

    /// <summary>The dimensions that are given: over all of them the images of a batch would be mixed.</summary>
    public static long[] Axes(Operands o, int place) =>
        o.Wholes(place, "dim", []) is { Length: > 0 } axes
            ? axes
            : throw new NotFreezableException("a reduction over everything");

    // Older programs say whether, newer ones by how much.
    private static bool IsUnbiased(Operands o) =>
        o.Bound(Nowhere, "correction") switch
        {
            null => o.Truth(2, "unbiased", true),
            0 => false,
            1 => true,
            _ => throw new NotFreezableException("a variance with another correction"),
        };
}
