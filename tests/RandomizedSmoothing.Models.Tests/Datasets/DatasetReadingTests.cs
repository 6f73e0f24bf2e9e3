using System.IO.Compression;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class DatasetReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_embedded_digits_are_the_published_ones()
    {
        var train = EmbeddedDigits.Load("train");
        var test = EmbeddedDigits.Load("test");
        (train.Count, test.Count).ShouldBe((1297, 500));
        train.Shape.ShouldBe(new ImageShape(1, 8, 8));

        // First row of the published file: 0,0,5,13,9,1,0,0,…, a zero.
        train.Image(0)[..8].ToArray().ShouldBe(new byte[] { 0, 0, 80, 207, 143, 16, 0, 0 });
        train.Labels[..10].ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        test.ClassHistogram().ShouldBe([50, 51, 49, 51, 51, 51, 51, 50, 46, 50]);
        train.Hash.ShouldNotBe(test.Hash);
    }

    [Theory]
    [InlineData("csv", "\u0093NUMPY\u0001", "NumPy array", "idx:FOLDER")]
    [InlineData("csv", "PK\u0003\u0004\u0014\0\0\0images.npy", "NumPy arrays", "idx:FOLDER")]
    [InlineData("image-folder", "PK\u0003\u0004\u0014\0\0\0a/1.png", "zip archive", "Unpack it")]
    [InlineData("idx", "MATLAB 5.0 MAT-file, Platform: GLNXA64", "MATLAB file", "transpose(3, 2, 0, 1)")]
    [InlineData("cifar-binary", "\u0080\u0004\u0095", "pickle", "idx:FOLDER")]
    public void What_no_format_reads_is_refused_by_name(string format, string begin, string what, string remedy)
    {
        var path = _folder.File("images", System.Text.Encoding.Latin1.GetBytes(begin));
        var spec = new DatasetSpec
        {
            Name = "own",
            Path = path,
            Format = format,
        };
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new CacheFolders(_folder.Path) });

        var message = Should.Throw<UserErrorException>(() => catalogue.LoadLocal(spec)).Message;

        message.ShouldContain($"'{path}' is");
        message.ShouldContain(what);
        message.ShouldContain(remedy);
    }

    [Fact]
    public void Idx_files_of_other_names_are_taken_by_the_path_that_a_message_asks_for()
    {
        var images = _folder.File(
            "letters-test-images-idx3-ubyte",
            [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9]
        );
        _folder.File("letters-test-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 3]);
        var spec = new DatasetSpec
        {
            Name = "letters",
            Path = _folder.Path,
            Format = "idx",
        };
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new CacheFolders(_folder.Path) });

        Should.Throw<UserErrorException>(() => catalogue.LoadLocal(spec)).Message.ShouldContain("path of the images");

        catalogue.LoadLocal(spec with { Path = images })!.Labels.ShouldBe([3]);
    }

    [Theory]
    [InlineData("test_batch", "Python version")]
    [InlineData("test_batch.bin", "cifar100:PATH")]
    public void Other_versions_of_cifar_are_told(string file, string expected)
    {
        _folder.File(file, new byte[2 * 3074]);
        var spec = new DatasetSpec { Name = "cifar10", Path = _folder.Path };
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new CacheFolders(_folder.Path) });
        Should.Throw<UserErrorException>(() => catalogue.LoadLocal(spec)).Message.ShouldContain(expected);
    }

    [Fact]
    public void The_canonical_file_is_what_its_hash_says_and_reads_back()
    {
        var digits = EmbeddedDigits.Load("test");
        var store = new ArtifactCache(_folder.Path);
        store.Publish(stream => CanonicalImages.Write(digits, stream), CancellationToken.None).ShouldBe(digits.Hash);
        var read = CanonicalImages.Open(store.Find(digits.Hash)!, digits.Hash, "digits", "test", []);
        read.Labels.ShouldBe(digits.Labels);
        read.Shape.ShouldBe(digits.Shape);
        for (var i = 0; i < digits.Count; i++)
        {
            read.Image(i).SequenceEqual(digits.Image(i)).ShouldBeTrue();
        }
    }

    [SkippableTheory]
    [InlineData("train", 60000, 5)]
    [InlineData("test", 10000, 7)]
    public void Mnist_is_read_from_its_published_files(string split, int count, int firstLabel)
    {
        var spec = new DatasetSpec
        {
            Name = "mnist",
            Path = TestFolders.RequireShared("data", "mnist"),
            Split = split,
        };
        var mnist = Catalogue().Load(spec);
        (mnist.Count, mnist.Labels[0]).ShouldBe((count, firstLabel));
        mnist.Shape.ShouldBe(new ImageShape(1, 28, 28));
        var (mean, std) = mnist.ChannelStatistics();
        mean[0].ShouldBe(split == "train" ? 0.1307 : 0.1325, 1e-4);
        std[0].ShouldBe(split == "train" ? 0.3081 : 0.3105, 1e-4);
    }

    [SkippableFact]
    public void Cifar_batches_are_read_plain_gzipped_and_in_the_published_archive()
    {
        var path = TestFolders.RequireShared("data", "cifar10", "test_batch_first100.bin.gz");
        var gzipped = Catalogue().Load(Spec("cifar10", path));
        (gzipped.Count, gzipped.Labels[0], gzipped.ClassNames[3]).ShouldBe((100, 3, "cat"));

        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        var folder = Path.Combine(_folder.Path, "plain");
        _folder.File("plain/test_batch.bin", plain.ToArray());
        Catalogue().Load(Spec("cifar10", folder)).Hash.ShouldBe(gzipped.Hash);

        var archive = Path.Combine(_folder.Path, "archive");
        var inside = Directory.CreateDirectory(Path.Combine(_folder.Path, "cifar-10-batches-bin"));
        File.WriteAllBytes(Path.Combine(inside.FullName, "test_batch.bin"), plain.ToArray());
        File.WriteAllBytes(Path.Combine(inside.FullName, "data_batch_1.bin"), plain.ToArray()[..3073]);
        Directory.CreateDirectory(archive);
        using (var file = File.Create(Path.Combine(archive, "cifar-10-binary.tar.gz")))
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            System.Formats.Tar.TarFile.CreateFromDirectory(inside.FullName, gzip, includeBaseDirectory: true);
        }

        Catalogue().Load(Spec("cifar10", archive)).Hash.ShouldBe(gzipped.Hash);
        Catalogue().Load(Spec("cifar10", archive) with { Split = "train" }).Count.ShouldBe(1);
    }

    [Fact]
    public void A_data_set_is_found_in_the_data_folder_before_the_cache()
    {
        var cache = new CacheFolders(Path.Combine(_folder.Path, "cache"));
        Idx(Path.Combine(cache.Datasets, "mnist"), labels: [1, 2]);
        var catalogue = new DatasetCatalogue(
            new DatasetOptions
            {
                Cache = cache,
                DataFolder = Path.Combine(_folder.Path, "data"),
                Download = false,
            }
        );
        var spec = new DatasetSpec { Name = "mnist" };
        catalogue.Load(spec).Labels.ShouldBe([1, 2]);
        Idx(Path.Combine(_folder.Path, "data", "mnist"), labels: [3, 4]);
        catalogue.Load(spec).Labels.ShouldBe([3, 4]);
        Should
            .Throw<UserErrorException>(() => catalogue.Load(spec with { Split = "train" }))
            .Message.ShouldContain("cache");
    }

    [Fact]
    public void A_selection_addresses_every_skipth_image_up_to_max()
    {
        var reference = DatasetCatalogue.Describe(
            EmbeddedDigits.Load("test"),
            new DatasetSpec
            {
                Name = "digits",
                Skip = 7,
                Max = 5,
            }
        );
        reference.Count.ShouldBe(5);
        Enumerable.Range(0, 5).Select(reference.IndexOf).ShouldBe([0, 7, 14, 21, 28]);
        reference.Labels.ShouldBe(reference.Labels.Select((_, o) => EmbeddedDigits.Load("test").Labels[7 * o]));
        DatasetCatalogue
            .Describe(EmbeddedDigits.Load("test"), new DatasetSpec { Name = "digits", Skip = 499 })
            .Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("nothing-such", null, null, "not known by name")]
    [InlineData("mine", "jpeg", ".", "format 'jpeg'")]
    [InlineData("mnist", null, "no/such/folder", "does not exist")]
    public void What_cannot_be_found_is_explained(string name, string? format, string? path, string expected)
    {
        var spec = new DatasetSpec
        {
            Name = name,
            Format = format,
            Path = path,
        };
        Should.Throw<UserErrorException>(() => Catalogue().Load(spec)).Message.ShouldContain(expected);
    }

    public void Dispose() => _folder.Dispose();

    private static DatasetSpec Spec(string name, string path) => new() { Name = name, Path = path };

    private DatasetCatalogue Catalogue() =>
        new(
            new DatasetOptions
            {
                Cache = new CacheFolders(_folder.Path),
                SystemFolders = [],
                Download = false,
            }
        );

    private static void Idx(string folder, byte[] labels)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "t10k-images-idx3-ubyte"), IdxBytes.Images(labels.Length, 2, 2));
        File.WriteAllBytes(Path.Combine(folder, "t10k-labels-idx1-ubyte"), IdxBytes.Labels(labels));
    }
}
