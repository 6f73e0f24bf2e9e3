using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>
/// The factors of a <see cref="WinogradTransform"/> in registers. They come from memory, because the compiler would read a
/// constant from there again at every use.
/// </summary>
/// <param name="Two">2, or −2.</param>
/// <param name="Half">½, or −½.</param>
/// <param name="Small">√½.</param>
/// <param name="Large">√2.</param>
internal readonly record struct WinogradFactors(
    Vector512<float> Two,
    Vector512<float> Half,
    Vector512<float> Small,
    Vector512<float> Large
)
{
    /// <summary>Where they come from.</summary>
    public static AlignedFloats Numbers() =>
        new(2, 0.5f, (float)WinogradTransform.Small, (float)WinogradTransform.Large, -2, -0.5f);

    /// <summary>2, ½, √½, √2.</summary>
    /// <param name="numbers">Those of <see cref="Numbers"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe WinogradFactors Positive(float* numbers) =>
        new(
            Vector512.Create(numbers[0]),
            Vector512.Create(numbers[1]),
            Vector512.Create(numbers[2]),
            Vector512.Create(numbers[3])
        );

    /// <summary>−2, −½, √½, √2.</summary>
    /// <param name="numbers">Those of <see cref="Numbers"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe WinogradFactors Negative(float* numbers) =>
        new(
            Vector512.Create(numbers[4]),
            Vector512.Create(numbers[5]),
            Vector512.Create(numbers[2]),
            Vector512.Create(numbers[3])
        );
}
