namespace RandomizedSmoothing.Models.Inference;

/// <summary>How the kernel of a convolution moves over the image.</summary>
/// <param name="Stride">Steps.</param>
/// <param name="Padding">Zeros around the image.</param>
/// <param name="Dilation">Distance of neighbours in the kernel.</param>
/// <param name="Groups">Parts of the channels that do not see each other.</param>
internal readonly record struct ConvolutionGeometry(
    (long Y, long X) Stride,
    (long Y, long X) Padding,
    (long Y, long X) Dilation,
    long Groups
)
{
    /// <summary>The same stride and padding in both directions.</summary>
    public ConvolutionGeometry(long stride, long padding)
        : this((stride, stride), (padding, padding), (1, 1), 1) { }
}
