namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>The images of a 3 × 3 convolution of stride 1.</summary>
/// <param name="Images">How many.</param>
/// <param name="Height">Of one.</param>
/// <param name="Width">Of one.</param>
/// <param name="Padding">Zeros above and below, left and right.</param>
internal readonly record struct WinogradShape(int Images, int Height, int Width, (int Y, int X) Padding)
{
    /// <summary>Of a result.</summary>
    public int ResultHeight => Height + 2 * Padding.Y - 2;

    /// <summary>Of a result.</summary>
    public int ResultWidth => Width + 2 * Padding.X - 2;

    /// <summary>Rows of tiles, the last perhaps beyond the end.</summary>
    public int TileRows => (ResultHeight + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;

    /// <summary>Columns of tiles.</summary>
    public int TileColumns => (ResultWidth + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;

    /// <summary>Of the results as a tensor.</summary>
    public long[] Results(int outputs) => [Images, outputs, ResultHeight, ResultWidth];
}
