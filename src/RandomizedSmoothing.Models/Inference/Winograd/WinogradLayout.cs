using static RandomizedSmoothing.Models.Inference.Winograd.WinogradTransform;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>How many rows of tiles are computed at a time, and where what lies between the passes lies, in floats.</summary>
internal readonly struct WinogradLayout
{
    // Few enough for the caches; of weights that outgrow them, enough to read these not too often.
    private const int Tiles = 16;
    private const int TilesOfLargeWeights = 32;
    private const int LargeWeights = 128 * 128;

    // So that what is read and what is written in turns never lies a multiple of 4 kB apart.
    private const int Apart = 16;

    /// <param name="shape">The images.</param>
    /// <param name="channels">Of an image.</param>
    /// <param name="outputs">Of a result.</param>
    public WinogradLayout(WinogradShape shape, int channels, int outputs)
    {
        var rows = (long)shape.Images * shape.TileRows;
        var atOnce = channels * outputs < LargeWeights ? Tiles : TilesOfLargeWeights;
        Rows = (int)Math.Clamp(atOnce / shape.TileColumns, 1, Math.Max(1, rows));
        Width = Outputs * shape.TileColumns + Inputs - Outputs;
        nint tiles = Math.Max(PanelProduct.LeastTiles, Rows * shape.TileColumns);
        ColumnStride = (nint)Rows * Width * channels + Apart;
        InputStride = tiles * channels + Apart;
        ProductStride = tiles * outputs + Apart;
        GatheredStride = tiles * Outputs * outputs + Apart;
    }

    /// <summary>Rows of tiles that are computed at a time.</summary>
    public int Rows { get; }

    /// <summary>Columns of a row of tiles.</summary>
    public int Width { get; }

    /// <summary>Transformed columns (row of tiles × column × channel): from one of the six to the next.</summary>
    public nint ColumnStride { get; }

    /// <summary>Transformed rows (tile × channel): from one of the six to the next.</summary>
    public nint InputStride { get; }

    /// <summary>Products (tile × output): from one of the six to the next.</summary>
    public nint ProductStride { get; }

    /// <summary>Products whose rows are gathered (tile × column × output): from one of the six to the next.</summary>
    public nint GatheredStride { get; }

    /// <summary>All of them.</summary>
    public nint Count => Inputs * (ColumnStride + InputStride + ProductStride + GatheredStride);
}
