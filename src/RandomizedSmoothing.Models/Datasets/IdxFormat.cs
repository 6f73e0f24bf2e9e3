using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>Finds the pair of IDX files of a split in a folder, or beside the named images file.</summary>
internal sealed class IdxFormat : IDatasetFormat
{
    private static readonly string[] Subfolders =
    [
        "",
        "raw",
        Path.Combine("MNIST", "raw"),
        Path.Combine("FashionMNIST", "raw"),
    ];

    public string Name => "idx";

    public bool IsPresent(DatasetSource source) =>
        FindPart(source, "images", 3) is not null && FindPart(source, "labels", 1) is not null;

    public ImageDataset Read(DatasetSource source)
    {
        if (File.Exists(source.Path))
        {
            return IdxFiles.Read(source.Path, LabelsBeside(source.Path), source.Name, source.Split, source.Names);
        }

        var images = FindPart(source, "images", 3) ?? throw Missing(source, "images", 3);
        var labels = FindPart(source, "labels", 1) ?? throw Missing(source, "labels", 1);
        return IdxFiles.Read(images, labels, source.Name, source.Split, source.Names);
    }

    private static string[] Prefixes(string split) => split == "test" ? ["t10k", "test"] : ["train"];

    private static string? FindPart(DatasetSource source, string part, int dimensions) =>
        (
            from subfolder in Subfolders
            from prefix in Prefixes(source.Split)
            from dash in new[] { '-', '.' }
            from ending in new[] { "", ".gz" }
            let path = Path.Combine(source.Path, subfolder, $"{prefix}-{part}{dash}idx{dimensions}-ubyte{ending}")
            where File.Exists(path)
            select path
        ).FirstOrDefault();

    private static string LabelsBeside(string images)
    {
        var name = Path.GetFileName(images);
        var labels = name.Replace("images", "labels", StringComparison.Ordinal)
            .Replace("idx3", "idx1", StringComparison.Ordinal)
            .Replace("idx4", "idx1", StringComparison.Ordinal);
        var path = Path.Combine(Path.GetDirectoryName(images) ?? "", labels);
        return labels != name && File.Exists(path)
            ? path
            : throw new UserErrorException(
                $"No labels for '{images}': '{path}' is expected beside it. Name the folder that holds both files, such as "
                    + "t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz."
            );
    }

    private static UserErrorException Missing(DatasetSource source, string part, int dimensions) =>
        new(
            $"The {part} of the {source.Split} split of {source.Name} are not in '{source.Path}': a file "
                + $"{Prefixes(source.Split)[0]}-{part}-idx{dimensions}-ubyte, plain or .gz, is expected there. Check the data set's path; where the files have "
                + "other names, as emnist-letters-test-images-idx3-ubyte.gz, give the path of the images themselves."
        );
}
