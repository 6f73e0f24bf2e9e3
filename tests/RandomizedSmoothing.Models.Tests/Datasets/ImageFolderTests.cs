using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using SkiaSharp;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private DatasetSpec Spec =>
        new()
        {
            Name = "mine",
            Format = "image-folder",
            Path = Path.Combine(_folder.Path, "images"),
        };

    [Fact]
    public void Small_images_of_one_size_are_taken_as_they_are()
    {
        Png("test/dog/b.png", 5, 4, (x, y) => new SKColor((byte)(10 * x), (byte)(20 * y), 200));
        Png("test/cat/a.png", 5, 4, (_, _) => new SKColor(1, 2, 3));
        Png("test/cat/c.png", 5, 4, (_, _) => new SKColor(4, 5, 6));
        var images = Catalogue().Load(Spec);
        images.Shape.ShouldBe(new ImageShape(3, 4, 5));
        images.ClassNames.ShouldBe(["cat", "dog"]);
        images.Labels.ShouldBe([0, 0, 1]);
        var dog = images.Image(2);
        (dog[0], dog[4], dog[5], dog[20 + 5], dog[40]).ShouldBe(((byte)0, (byte)40, (byte)0, (byte)20, (byte)200));

        Catalogue().Load(Spec).Hash.ShouldBe(images.Hash);
        Png("test/cat/d.png", 5, 4, (_, _) => new SKColor(7, 8, 9));
        Catalogue().Load(Spec).Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("Train", "Test")]
    [InlineData("Training", "Testing")]
    [InlineData("train", "valid")]
    [InlineData("TRAIN", "dev")]
    public void Parts_of_a_data_set_are_no_classes_however_they_are_written(string train, string test)
    {
        Png($"{train}/cat/a.png", 5, 4, (_, _) => new SKColor(1, 2, 3));
        Png($"{train}/dog/b.png", 5, 4, (_, _) => new SKColor(1, 2, 3));
        Png($"{train}/dog/c.png", 5, 4, (_, _) => new SKColor(1, 2, 4));
        Png($"{test}/cat/a.png", 5, 4, (_, _) => new SKColor(4, 5, 6));
        Png($"{test}/dog/b.png", 5, 4, (_, _) => new SKColor(7, 8, 9));
        var images = Catalogue().Load(Spec);
        (images.Count, images.ClassNames.Length, images.Image(0)[0]).ShouldBe((2, 2, (byte)4));
        Catalogue().Load(Spec with { Split = "train" }).Count.ShouldBe(3);
    }

    [Fact]
    public void A_class_may_be_called_as_a_part_is()
    {
        Png("Train/a.png", 5, 4, (_, _) => new SKColor(1, 2, 3));
        Png("Bus/b.png", 5, 4, (_, _) => new SKColor(4, 5, 6));
        Catalogue().Load(Spec).ClassNames.ShouldBe(["Bus", "Train"]);
    }

    [Fact]
    public void Large_images_are_resized_and_cropped_in_the_middle()
    {
        // A horizontal ramp: whatever the scale, the middle stays in the middle and values grow from left to right.
        Png("val/ramp/a.png", 512, 300, (x, _) => new SKColor((byte)(x / 2), 100, 0));
        Png("val/ramp/b.png", 300, 512, (_, _) => new SKColor(9, 9, 9));
        var images = Catalogue().Load(Spec);
        images.Shape.ShouldBe(new ImageShape(3, 224, 224));
        var row = images.Image(0).Slice(112 * 224, 224).ToArray();
        row.ShouldBeInOrder();

        // Column c of the crop shows column (c + 0.5 + (436 − 224) / 2) · 300 / 256 of the file, half of which is the level.
        for (var column = 0; column < 224; column += 32)
        {
            ((double)row[column]).ShouldBe(((column + 0.5 + 106) * 300 / 256 - 0.5) / 2, 1.5);
        }

        images.Image(1).ToArray().ShouldAllBe(v => v == 9);
    }

    [Fact]
    public void Hidden_files_and_what_macOS_packs_are_no_images_and_no_classes()
    {
        foreach (var path in new[] { "test/a/1.png", "test/b/1.png", "test/.cache/1.png" })
        {
            Png(path, 5, 4, (x, _) => new SKColor((byte)x, 2, 3));
        }

        _folder.File("images/test/a/._1.png", [0, 5, 22, 7]);
        _folder.File("images/test/__MACOSX/._2.png", [0, 5, 22, 7]);
        var images = Catalogue().Load(Spec);
        images.ClassNames.ShouldBe(["a", "b"]);
        images.Labels.ShouldBe([0, 1]);
    }

    [Theory]
    [InlineData("images/test/b/1.tiff")]
    [InlineData("images/test/b/deep/1.tiff")]
    public void A_class_whose_files_are_no_images_is_refused_and_an_empty_one_is_not(string file)
    {
        Png("test/a/1.png", 5, 4, (x, _) => new SKColor((byte)x, 2, 3));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "images", "test", "b"));
        Catalogue().Load(Spec).ClassNames.ShouldBe(["a", "b"]);
        _folder.File(file, [1]);
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain(Path.Combine("test", "b"));
    }

    [Fact]
    public void Folders_within_a_class_are_searched_in_the_order_of_torchvision()
    {
        var paths = new[] { "b.png", "x/a.png", "x-y/a.png", "x/z/a.png", ".aside/a.png" };
        foreach (var (path, level) in paths.Zip(Enumerable.Range(1, paths.Length)))
        {
            Png($"test/a/{path}", 5, 4, (_, _) => new SKColor((byte)level, 0, 0));
        }

        var images = Catalogue().Load(Spec);
        Enumerable
            .Range(0, images.Count)
            .Select(i => images.Image(i)[0])
            .ShouldBe([(byte)1, (byte)2, (byte)3, (byte)4]);
    }

    [Fact]
    public void The_folder_above_the_one_that_was_meant_is_refused_with_the_right_one()
    {
        Png("set/cat/a.png", 4, 4, (_, _) => new SKColor(1, 2, 3));
        Png("set/dog/a.png", 4, 4, (_, _) => new SKColor(4, 5, 6));
        var inner = Path.Combine(Spec.Path!, "set");
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain($"name '{inner}'");
        Catalogue().Load(Spec with { Path = inner }).ClassNames.ShouldBe(["cat", "dog"]);

        Png("set/c.png", 4, 4, (_, _) => new SKColor(7, 8, 9));
        var images = Catalogue().Load(Spec);
        images.ClassNames.ShouldBe(["set"]);
        DatasetSummary.Of(images).Warnings(images).ShouldContain(w => w.Contains("every classifier is right"));
    }

    [Fact]
    public void A_link_that_leads_back_is_refused()
    {
        Png("test/a/b.png", 5, 4, (_, _) => SKColors.Red);
        var folder = Path.Combine(Spec.Path!, "test", "a");
        Directory.CreateSymbolicLink(Path.Combine(folder, "back"), folder);
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain("leads back");
    }

    [Theory]
    [InlineData("test/b.png")]
    [InlineData("test/images/b.png")]
    public void A_test_split_without_labels_does_not_hide_the_validation_images(string file)
    {
        Png(file, 5, 4, (_, _) => SKColors.Red);
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain("folder per class");
        Png("val/n01/a.png", 5, 4, (_, _) => SKColors.Red);
        Png("val/n02/a.png", 5, 4, (_, _) => SKColors.Red);
        _folder.File(
            "images/LOC_val_solution.csv",
            "ImageId,PredictionString\nILSVRC2012_val_1,n01 1 1 1 1\n"u8.ToArray()
        );
        Catalogue().Load(Spec).ClassNames.ShouldBe(["n01", "n02"]);
        Directory.Delete(Path.Combine(Spec.Path!, "test"), recursive: true);
        Png("test/n03/a.png", 5, 4, (_, _) => SKColors.Red);
        Png("test/n04/a.png", 5, 4, (_, _) => SKColors.Red);
        Catalogue().Load(Spec).ClassNames.ShouldBe(["n03", "n04"]);
    }

    [Fact]
    public void Tiny_ImageNet_is_read_as_it_is_published()
    {
        _folder.File("images/wnids.txt", "n03\nn01\nn02\n"u8.ToArray());
        foreach (var synset in new[] { "n01", "n02", "n03" })
        {
            Png($"train/{synset}/images/{synset}_0.png", 5, 4, (_, _) => SKColors.Red);
            _folder.File($"images/train/{synset}/{synset}_boxes.txt", "n01_0.png\t0\t0\t1\t1\n"u8.ToArray());
        }

        Png("val/images/val_0.png", 5, 4, (_, _) => new SKColor(1, 0, 0));
        Png("val/images/val_1.png", 5, 4, (_, _) => new SKColor(2, 0, 0));
        Png("test/images/test_0.png", 5, 4, (_, _) => SKColors.Red);
        _folder.File(
            "images/val/val_annotations.txt",
            "val_1.png\tn03\t0\t0\t1\t1\nval_0.png\tn01\t0\t0\t1\t1\n"u8.ToArray()
        );

        var test = Catalogue().Load(Spec);
        var train = Catalogue().Load(Spec with { Split = "train" });
        train.ClassNames.ShouldBe(["n01", "n02", "n03"]);
        train.Labels.ShouldBe([0, 1, 2]);
        test.ClassNames.ShouldBe(train.ClassNames);
        test.Labels.ShouldBe([2, 0]);
        test.Image(0)[0].ShouldBe((byte)2);
    }

    [Fact]
    public void Images_of_one_length_and_time_are_told_apart_by_folder_and_by_content()
    {
        var file = Bitmap("one/test/a/1.bmp", 10);
        var one = Catalogue().Load(Spec with { Path = Path.Combine(_folder.Path, "one") });
        Bitmap("two/test/a/1.bmp", 20);
        var two = Catalogue().Load(Spec with { Path = Path.Combine(_folder.Path, "two") });
        (one.Image(0)[0], two.Image(0)[0]).ShouldBe(((byte)10, (byte)20));

        Bitmap("one/test/a/1.bmp", 30).ShouldBe(file);
        Catalogue().Load(Spec with { Path = Path.Combine(_folder.Path, "one") }).Image(0)[0].ShouldBe((byte)30);
    }

    [Fact]
    public void A_damaged_image_is_named()
    {
        Png("test/a/a.png", 8, 8, (_, _) => SKColors.Red);
        var path = Path.Combine(Spec.Path!, "test", "a", "b.png");
        File.WriteAllBytes(path, File.ReadAllBytes(Path.Combine(Spec.Path!, "test", "a", "a.png"))[..40]);
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain(path);
        File.WriteAllText(path, "no image");
        Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message.ShouldContain(path);
    }

    [Fact]
    public void A_missing_split_says_what_is_expected()
    {
        Png("train/a/a.png", 8, 8, (_, _) => SKColors.Red);
        var message = Should.Throw<UserErrorException>(() => Catalogue().Load(Spec)).Message;
        message.ShouldContain("folder per class");
        message.ShouldContain(Spec.Path!);
    }

    public void Dispose() => _folder.Dispose();

    private DatasetCatalogue Catalogue() =>
        new(new DatasetOptions { Cache = new(Path.Combine(_folder.Path, "cache")), Download = false });

    // Uncompressed, 4 × 2 pixels of one grey, always of one length and time.
    private string Bitmap(string name, byte level)
    {
        byte[] header =
        [
            66,
            77,
            78,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            54,
            0,
            0,
            0,
            40,
            0,
            0,
            0,
            4,
            0,
            0,
            0,
            2,
            0,
            0,
            0,
            1,
            0,
            24,
            0,
        ];
        var path = _folder.File(name, [.. header, .. new byte[24], .. Enumerable.Repeat(level, 24)]);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(1));
        return path;
    }

    private void Png(string name, int width, int height, Func<int, int, SKColor> colour)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, colour(x, y));
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        _folder.File($"images/{name}", data.ToArray());
    }
}
