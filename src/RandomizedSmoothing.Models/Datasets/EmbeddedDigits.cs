using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// The data set <c>digits</c>, part of this assembly: 1,797 handwritten digits of 8 × 8 pixels, the test part of UCI
/// <i>Optical Recognition of Handwritten Digits</i> (Alpaydin and Kaynak 1998, CC BY 4.0; see Digits/ATTRIBUTION.md). The first
/// 1,297 are the training split, the last 500 the test split. The source's levels 0 to 16 become round(255 v / 16).
/// </summary>
public static class EmbeddedDigits
{
    /// <summary>Images of the training split.</summary>
    public const int TrainImages = 1297;

    /// <summary>Images of the test split.</summary>
    public const int TestImages = 500;

    private const string Resource = "RandomizedSmoothing.Models.Datasets.Digits.digits.csv.gz";
    private const int Pixels = 64;

    /// <summary>Reads a split: <c>train</c> or <c>test</c>.</summary>
    public static ImageDataset Load(string split)
    {
        using var resource = typeof(EmbeddedDigits).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        var test = split == "test";
        var (first, count) = test ? (TrainImages, TestImages) : (0, TrainImages);
        var pixels = new byte[count * Pixels];
        var labels = ImmutableArray.CreateBuilder<int>(count);
        for (var row = 0; reader.ReadLine() is { } line; row++)
        {
            if (row < first || row >= first + count)
            {
                continue;
            }

            var fields = line.Split(',');
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                var level = int.Parse(fields[pixel], CultureInfo.InvariantCulture);
                pixels[(row - first) * Pixels + pixel] = (byte)Math.Round(level * 255 / 16.0, MidpointRounding.ToEven);
            }

            labels.Add(int.Parse(fields[Pixels], CultureInfo.InvariantCulture));
        }

        return new ImageDataset(
            "digits",
            split,
            new ImageShape(1, 8, 8),
            DatasetNames.Numbered(10),
            labels.MoveToImmutable(),
            pixels
        );
    }
}
