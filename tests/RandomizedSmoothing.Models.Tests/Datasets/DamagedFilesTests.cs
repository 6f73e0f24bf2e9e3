using System.IO.Compression;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class DamagedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_file_cut_off_says_how_much_is_missing() =>
        Refused(IdxBytes.Images(3, 2, 2)[..20], IdxBytes.Labels(0, 1, 2)).ShouldContain("ends after 4 of the 12 bytes");

    [Fact]
    public void A_wrong_magic_number_is_shown() =>
        Refused(IdxBytes.Labels(0, 1, 2), IdxBytes.Labels(0, 1, 2)).ShouldContain("0x00000801");

    [Fact]
    public void Images_and_labels_interchanged_are_recognised() =>
        Refused(IdxBytes.Labels(1), IdxBytes.Images(1, 2, 2)).ShouldContain("interchanged");

    [Fact]
    public void Counts_that_differ_are_both_named()
    {
        var message = Refused(IdxBytes.Images(3, 2, 2), IdxBytes.Labels(0, 1));
        message.ShouldContain("3 images");
        message.ShouldContain("2 labels");
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused() =>
        Refused(IdxBytes.Images(2, 2, 2), IdxBytes.Labels(0, 200)).ShouldContain("label 200");

    [Fact]
    public void Bytes_after_the_end_are_refused() =>
        Refused([.. IdxBytes.Images(1, 2, 2), 0], IdxBytes.Labels(0)).ShouldContain("goes on after the end");

    [Fact]
    public void A_header_that_claims_terabytes_is_refused_before_any_is_read()
    {
        var images = IdxBytes.Images(1, 2, 2);
        images[4] = images[8] = images[12] = 0x7f;
        Refused(images, IdxBytes.Labels(0)).ShouldContain("more than the");
    }

    [Fact]
    public void A_bomb_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            gzip.Write(IdxBytes.Images(2, 2, 2));
            for (var i = 0; i < 256; i++)
            {
                gzip.Write(zeros);
            }
        }

        packed.Length.ShouldBeLessThan(1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(packed.ToArray(), IdxBytes.Labels(0, 1)).ShouldContain("goes on after the end");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public void A_cifar_batch_of_no_whole_records_is_refused()
    {
        var path = _folder.File("test_batch.bin", new byte[3073 * 2 - 1]);
        var spec = new DatasetSpec { Name = "cifar10", Path = path };
        Should.Throw<UserErrorException>(() => Catalogue().Load(spec)).Message.ShouldContain("records of 3073");
    }

    [Fact]
    public void An_archive_without_the_split_is_refused()
    {
        var path = _folder.File("cifar-10-binary.tar.gz", Gzip(new byte[1024]));
        var spec = new DatasetSpec { Name = "cifar10", Path = path };
        Should.Throw<UserErrorException>(() => Catalogue().Load(spec)).Message.ShouldContain("test_batch.bin");
    }

    public void Dispose() => _folder.Dispose();

    internal static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private DatasetCatalogue Catalogue() => new(new DatasetOptions { Cache = new(_folder.Path), Download = false });

    private string Refused(byte[] images, byte[] labels)
    {
        _folder.File("t10k-images-idx3-ubyte", images);
        _folder.File("t10k-labels-idx1-ubyte", labels);
        var spec = new DatasetSpec { Name = "mnist", Path = _folder.Path };
        var message = Should.Throw<UserErrorException>(() => Catalogue().Load(spec)).Message;
        message.ShouldContain(_folder.Path);
        return message;
    }
}
