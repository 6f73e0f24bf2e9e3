using System.Security.Cryptography;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>What a look at every pixel of a split says.</summary>
/// <param name="Histogram">Images of each class.</param>
/// <param name="Mean">Mean of each channel, on pixels in [0,1].</param>
/// <param name="Std">Standard deviation of each channel, on pixels in [0,1].</param>
/// <param name="Least">The least pixel, 0 to 255.</param>
/// <param name="Most">The greatest pixel, 0 to 255.</param>
/// <param name="Duplicates">Images whose pixels equal those of an earlier one.</param>
/// <param name="Conflicts">Those of them that bear another label than the first of their kind.</param>
public sealed record DatasetSummary(
    IReadOnlyList<int> Histogram,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> Std,
    byte Least,
    byte Most,
    int Duplicates,
    int Conflicts
)
{
    /// <summary>Reads all images once for the statistics and once for the rest.</summary>
    public static DatasetSummary Of(ImageDataset dataset, CancellationToken cancellation = default)
    {
        var (mean, std) = dataset.ChannelStatistics();
        var seen = new Dictionary<(UInt128, UInt128), int>();
        var (least, most, duplicates, conflicts) = (byte.MaxValue, byte.MinValue, 0, 0);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var index = 0; index < dataset.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            var image = dataset.Image(index);
            foreach (var value in image)
            {
                least = Math.Min(least, value);
                most = Math.Max(most, value);
            }

            SHA256.HashData(image, digest);
            var key = (BitConverter.ToUInt128(digest), BitConverter.ToUInt128(digest[16..]));
            if (!seen.TryAdd(key, dataset.Labels[index]))
            {
                duplicates++;
                conflicts += seen[key] == dataset.Labels[index] ? 0 : 1;
            }
        }

        return new DatasetSummary(dataset.ClassHistogram(), mean, std, least, most, duplicates, conflicts);
    }

    /// <summary>What a person should look into, a sentence each; empty where nothing is odd.</summary>
    public IEnumerable<string> Warnings(ImageDataset dataset)
    {
        if (dataset.Classes == 1)
        {
            yield return "there is one class, of which every classifier is right: check that the folder of the class folders is named";
        }

        var empty = Enumerable.Range(0, dataset.Classes).Where(label => Histogram[label] == 0).ToArray();
        if (empty.Length > 0)
        {
            yield return $"{empty.Length} of {dataset.Classes} classes have no image: {string.Join(", ", empty.Take(5).Select(l => dataset.ClassNames[l]))}"
                + (empty.Length > 5 ? ", …" : "");
        }

        var odd = Enumerable
            .Range(0, dataset.Classes)
            .FirstOrDefault(label => dataset.ClassNames[label] != $"{label}", dataset.Classes);
        if (odd < dataset.Classes && dataset.ClassNames.All(name => name.All(char.IsAsciiDigit)))
        {
            yield return $"class {dataset.ClassNames[odd]} has the label {odd}: class folders get their labels in the order of their names as "
                + "text (0, 1, 10, 2), as torchvision's ImageFolder does it";
        }

        if (Conflicts > 0)
        {
            yield return $"{Conflicts} images bear another label than an earlier image with the same pixels: no classifier has both right";
        }

        if (Most <= 1)
        {
            yield return "no pixel is above 1 of 255: the images were probably stored as fractions; rescale them to 0 to 255";
        }
        else if (Std.Any(s => s == 0))
        {
            yield return "a channel has one value throughout";
        }
    }
}
