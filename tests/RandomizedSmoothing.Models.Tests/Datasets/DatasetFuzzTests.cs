using System.Formats.Tar;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class DatasetFuzzTests : IDisposable
{
    private const int Rounds = 10_000;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Damaged_idx_images_are_read_or_refused()
    {
        var labels = _folder.File("labels", IdxBytes.Labels(0, 1, 2));
        var seed = IdxBytes.Images(3, 4, 4);
        var path = Path.Combine(_folder.Path, "images");
        var refused = Fuzz.Run(
            [seed, DamagedFilesTests.Gzip(seed)],
            Rounds,
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                IdxFiles.Read(path, labels, "fuzz", "test", []).Count.ShouldBe(3);
            }
        );
        refused.ShouldBeGreaterThan(Rounds / 2);
    }

    [Fact]
    public void Damaged_idx_labels_are_read_or_refused()
    {
        var images = _folder.File("images", IdxBytes.Images(3, 2, 2));
        var seed = IdxBytes.Labels(0, 1, 2);
        var path = Path.Combine(_folder.Path, "labels");
        var refused = Fuzz.Run(
            [seed, DamagedFilesTests.Gzip(seed)],
            Rounds,
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                IdxFiles.Read(images, path, "fuzz", "test", ["a", "b", "c"]).Labels.Max().ShouldBeLessThan(3);
            }
        );
        refused.ShouldBeGreaterThan(Rounds / 2);
    }

    [Fact]
    public void Damaged_cifar_batches_and_archives_are_read_or_refused()
    {
        var record = new byte[2 * 3073];
        record[3073] = 9;
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/test_batch.bin")
                {
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    DataStream = new MemoryStream(record),
                }
            );
        }

        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new(_folder.Path), Download = false });

        void Read(string name, byte[] bytes)
        {
            var path = _folder.File(name, bytes);
            catalogue.Load(new DatasetSpec { Name = "cifar10", Path = path }).Count.ShouldBeGreaterThan(0);
        }

        Fuzz.Run([record, DamagedFilesTests.Gzip(record)], Rounds, bytes => Read("batch.bin", bytes))
            .ShouldBeGreaterThan(Rounds / 3);
        Fuzz.Run([DamagedFilesTests.Gzip(tar.ToArray())], Rounds / 2, bytes => Read("batch.tar.gz", bytes))
            .ShouldBeGreaterThan(Rounds / 6);
        Fuzz.Run([tar.ToArray()], Rounds / 2, bytes => Read("batch.tar", bytes)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Damaged_canonical_files_are_read_or_refused()
    {
        var digits = EmbeddedDigits.Load("test");
        var small = new ImageDataset(
            "small",
            "test",
            digits.Shape,
            digits.ClassNames,
            digits.Labels[..2],
            [.. digits.Image(0), .. digits.Image(1)]
        );
        using var seed = new MemoryStream();
        CanonicalImages.Write(small, seed);
        var path = Path.Combine(_folder.Path, "canonical");

        // A file that is taken stays mapped, so fewer rounds.
        Fuzz.Run(
                [seed.ToArray()],
                Rounds / 4,
                bytes =>
                {
                    File.Delete(path);
                    File.WriteAllBytes(path, bytes);
                    var read = CanonicalImages.Open(path, default, "small", "test", []);
                    read.Image(read.Count - 1).Length.ShouldBe(read.Shape.Dimension);
                }
            )
            .ShouldBeGreaterThan(Rounds / 16);
    }

    public void Dispose() => _folder.Dispose();
}
