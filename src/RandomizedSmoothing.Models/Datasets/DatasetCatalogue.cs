using System.Collections.Immutable;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// Finds and reads data sets: by their path, else in <c>$RSMOOTH_DATA/name</c>, the cache, the system's folders, and at last by
/// downloading what is known by name. Safe for many threads.
/// </summary>
public sealed class DatasetCatalogue(DatasetOptions options)
{
    private readonly ImmutableArray<IDatasetFormat> _formats =
    [
        new IdxFormat(),
        new CifarBinaryFormat(),
        new ImageFolderFormat(options.Cache),
        new ImageFolderFormat(options.Cache, asIs: true),
        .. CsvFormat.Names.Select(name => new CsvFormat(name)),
    ];
    private readonly Lock _downloading = new();

    /// <summary>Names of the formats that a sweep file can ask for.</summary>
    public static IReadOnlyList<string> FormatNames { get; } =
    ["idx", "cifar-binary", ImageFolderFormat.Cropped, ImageFolderFormat.AsIs, .. CsvFormat.Names];

    /// <summary>Reads the whole split that the specification names; skip and max select from it later.</summary>
    /// <exception cref="UserErrorException">It is not found, damaged, or of another format; the message names file and remedy.</exception>
    public ImageDataset Load(
        DatasetSpec spec,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    ) => LoadLocal(spec) ?? Download(spec, progress, cancellation);

    /// <summary>As <see cref="Load"/>, without downloading.</summary>
    /// <returns>Null where the split is known by name and merely not here.</returns>
    /// <exception cref="UserErrorException">It is damaged, of another format, or its path does not exist.</exception>
    public ImageDataset? LoadLocal(DatasetSpec spec)
    {
        Require(spec);
        var known = PublishedDataset.Find(spec.Name);
        if (known?.Format == "embedded" && spec.Path is null)
        {
            return EmbeddedDigits.Load(spec.Split);
        }

        var format = FormatOf(spec, known);
        var source = SourceOf(spec, spec.Path ?? "");
        if (spec.Path is not null)
        {
            ForeignFile.Refuse(spec.Path);
            return Directory.Exists(spec.Path) || File.Exists(spec.Path)
                ? Fitting(spec, format, source).Read(source)
                : throw new UserErrorException(
                    $"The data set {spec.Name} is to be read from '{spec.Path}', which does not exist. Correct its path, or leave the path "
                        + "out to use RSMOOTH_DATA, the cache or a download."
                );
        }

        return PlaceOf(format, source) is { } place ? format.Read(source with { Path = place }) : null;
    }

    /// <summary>Where the split would be read from; null where it is not on this machine, or is part of this program.</summary>
    /// <exception cref="UserErrorException">The data set is unknown and has no format, or no such split.</exception>
    public string? Locate(DatasetSpec spec)
    {
        Require(spec);
        var known = PublishedDataset.Find(spec.Name);
        return spec.Path ?? (known?.Format == "embedded" ? null : PlaceOf(FormatOf(spec, known), SourceOf(spec, "")));
    }

    /// <summary>Downloads the files of both splits of a known data set that are not yet on this machine, and verifies them.</summary>
    /// <returns>The folder where they lie; null for a data set that is part of this program.</returns>
    /// <exception cref="UserErrorException">It is unknown, must be brought by its user, or no server answers.</exception>
    public string? Fetch(
        string name,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var known =
            PublishedDataset.Find(name)
            ?? throw new UserErrorException(
                $"There is no data set '{name}' to fetch. Known are: {string.Join(", ", PublishedDataset.All.Select(d => d.Name))}."
            );
        if (known.Format == "embedded")
        {
            return null;
        }

        var places = new[] { "train", "test" }
            .Select(split => Locate(new DatasetSpec { Name = name, Split = split }))
            .ToArray();
        if (places.All(place => place is not null))
        {
            return places[1];
        }

        return known.Files.IsEmpty
            ? throw new UserErrorException(
                $"{name} cannot be fetched: its owners give it out by agreement only ({known.Facts.Source}). Put its folders train/ and val/ "
                    + $"into '{Places(name)[0]}', or give its path."
            )
            : Download(known, _ => true, progress, cancellation);
    }

    /// <summary>Reads the split and describes the selection of images that a sweep uses.</summary>
    /// <exception cref="UserErrorException">As <see cref="Load"/>; or skip or max leave no image.</exception>
    public DatasetReference Resolve(
        DatasetSpec spec,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Describe(Load(spec, progress, cancellation), spec);

    /// <summary>Describes the selection that <paramref name="spec"/> makes from a split already read.</summary>
    /// <exception cref="UserErrorException">Skip or max leave no image.</exception>
    public static DatasetReference Describe(ImageDataset dataset, DatasetSpec spec)
    {
        if (spec.Skip < 1 || spec.Max is < 1)
        {
            throw new UserErrorException(
                $"Data set {spec.Name}: skip is {spec.Skip} and max is {spec.Max?.ToString() ?? "not given"}; both must be at least 1."
            );
        }

        var available = (dataset.Count + spec.Skip - 1) / spec.Skip;
        var count = Math.Min(available, spec.Max ?? available);
        return new DatasetReference
        {
            Name = spec.Name,
            Hash = dataset.Hash,
            Spec = spec,
            Shape = dataset.Shape,
            ClassNames = dataset.ClassNames,
            Step = spec.Skip,
            Labels = [.. Enumerable.Range(0, count).Select(ordinal => dataset.Labels[ordinal * spec.Skip])],
        };
    }

    private static void Require(DatasetSpec spec)
    {
        if (spec.Split is not ("train" or "test"))
        {
            throw new UserErrorException(
                $"Data set {spec.Name}: the split is '{spec.Split}', and must be train or test."
            );
        }

        if (spec.Classes is < 2 or > DatasetSpec.MostClasses)
        {
            throw new UserErrorException(
                $"Data set {spec.Name}: classes is {spec.Classes}, and must be 2 to {DatasetSpec.MostClasses}."
            );
        }

        if (spec.Classes is { } count && PublishedDataset.Find(spec.Name)?.Facts.Classes is { } known && known != count)
        {
            throw new UserErrorException(
                $"Data set {spec.Name}: classes is {count}, but it has {known}. Leave classes out, or give the data set another name and a format."
            );
        }
    }

    private IDatasetFormat FormatOf(DatasetSpec spec, PublishedDataset? known)
    {
        var name = spec.Format ?? known?.Format;
        if (name is null)
        {
            throw new UserErrorException(
                $"The data set '{spec.Name}' is not known by name ({string.Join(", ", PublishedDataset.All.Select(d => d.Name))}). Give its "
                    + $"path and its format ({string.Join(", ", FormatNames)})."
            );
        }

        return _formats.FirstOrDefault(f => f.Name == name)
            ?? throw new UserErrorException(
                $"Data set {spec.Name}: the format '{name}' is not one of {string.Join(", ", FormatNames)}."
            );
    }

    // Known data sets are handed around as folders of images, too.
    private IDatasetFormat Fitting(DatasetSpec spec, IDatasetFormat format, DatasetSource source)
    {
        var folders = _formats.First(f => f.Name == ImageFolderFormat.Cropped);
        return spec.Format is null && !format.IsPresent(source) && folders.IsPresent(source) ? folders : format;
    }

    private List<string> Places(string name)
    {
        var roots = new List<string>();
        if (options.DataFolder is { } folder)
        {
            roots.Add(folder);
        }

        roots.Add(options.Cache.Datasets);
        roots.AddRange(options.SystemFolders);
        return [.. roots.Select(root => Path.Combine(root, name))];
    }

    private static DatasetSource SourceOf(DatasetSpec spec, string path) =>
        new(spec.Name, spec.Split, path, PublishedDataset.Find(spec.Name)?.ClassNames ?? [], spec.Classes);

    private ImageDataset Download(
        DatasetSpec spec,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var known = PublishedDataset.Find(spec.Name);
        if (known is null || known.Files.IsEmpty || !options.Download)
        {
            throw new UserErrorException(
                $"The {spec.Split} split of {spec.Name} is in none of {string.Join(", ", Places(spec.Name).Select(p => $"'{p}'"))}"
                    + (known is { Files.IsEmpty: false } ? ", and downloading is switched off" : "")
                    + ". Give the data set's path, or put its files into one of these folders."
            );
        }

        var folder = Download(known, f => f.Split is null || f.Split == spec.Split, progress, cancellation);
        return FormatOf(spec, known).Read(SourceOf(spec, folder));
    }

    private string Download(
        PublishedDataset known,
        Func<DatasetFile, bool> wanted,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var folder = Path.Combine(options.Cache.Datasets, known.Name);
        lock (_downloading)
        {
            var download = new DatasetDownload(options.Http);
            foreach (var file in known.Files.Where(wanted))
            {
                download.Fetch(WithMirror(known.Name, file), folder, progress, cancellation);
            }
        }

        return folder;
    }

    private DatasetFile WithMirror(string name, DatasetFile file) =>
        options.Mirror is { } mirror
            ? file with
            {
                Mirrors = [new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/{name}/{file.Name}"), .. file.Mirrors],
            }
            : file;

    private string? PlaceOf(IDatasetFormat format, DatasetSource source) =>
        Places(source.Name).Find(place => format.IsPresent(source with { Path = place }));
}
