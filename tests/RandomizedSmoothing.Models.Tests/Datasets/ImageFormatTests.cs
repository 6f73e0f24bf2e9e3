using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

/// <summary>
/// Image files of all kinds against the pixels that PIL 9.4 has for <c>Image.open(p).convert("RGB")</c>, and against those that it
/// refuses. The table is tests/golden/image_formats.csv: file and pixels in base64.
/// </summary>
public sealed class ImageFormatTests : IDisposable
{
    // A palette of 16 colours, 12 × 11 pixels, of which the first image covers 6 × 5.
    private const string PartOfACanvas =
        "R0lGODlhDAALALMAAAAlSm+Uud4DKE1yl7zhBitQdZq/5AkuU3idwucMMVZ7oMXqDzRZfqPI7RI3XIGmyywCAAEABgAFAAAEFhAMk9gTBS3oAjmqgWESZE8UtFwgJwIAOw==";

    private static readonly Dictionary<string, (byte[] File, ImageShape Shape, byte[] Pixels)> Table = Golden();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pixels_are_those_of_PIL(string name)
    {
        var (file, shape, pixels) = Table[name];
        _folder.File($"images/test/a/{name}", file);
        _folder.File("images/test/b/colour.png", Table["rgb.png"].File);

        var images = Load();

        images.Shape.ShouldBe(shape);
        var plane = shape.Height * shape.Width;
        var planes = Enumerable.Range(0, 3 * plane).Select(i => pixels[3 * (i % plane) + i / plane]).ToArray();
        var read = images.Image(0).ToArray();
        if (name.EndsWith(".jpg", StringComparison.Ordinal))
        {
            read.Zip(planes).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 2);
        }
        else
        {
            read.ShouldBe(planes);
        }
    }

    [Fact]
    public void Of_16_bits_of_grey_the_upper_eight_count()
    {
        // 2 × 1 pixels of 0x1234 and 0xFEDC.
        var file = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGMQMvl3BwADwQIhDeNHMgAAAABJRU5ErkJggg=="
        );
        _folder.File("images/test/a/1.png", file);
        _folder.File("images/test/b/2.png", file);

        Load().Image(0).ToArray().ShouldBe([(byte)0x12, (byte)0xFE]);
    }

    [Fact]
    public void A_JPEG_with_damage_that_only_its_end_shows_is_refused()
    {
        var jpeg = Table["plain.jpg"].File.ToArray();
        (jpeg[^12], jpeg[^11]) = (0xFF, 0x48);
        var path = _folder.File("images/test/a/1.jpg", jpeg);
        _folder.File("images/test/b/2.png", Table["rgb.png"].File);

        Refusal().ShouldContain($"'{path}' cannot be used: its data are damaged: there is no marker 48");
    }

    [Fact]
    public void A_GIF_whose_first_image_leaves_some_of_it_open_is_refused()
    {
        var path = _folder.File("images/test/a/1.gif", Convert.FromBase64String(PartOfACanvas));
        _folder.File("images/test/b/2.png", Table["rgb.png"].File);

        Refusal().ShouldContain($"'{path}' cannot be used: its first image does not cover its 12 × 11 pixels");
    }

    [Fact]
    public void An_empty_file_is_refused_as_such()
    {
        Two();
        var path = _folder.File("images/test/a/2.png", []);

        Refusal().ShouldContain($"'{path}' cannot be used: it is empty. Replace it");
    }

    [Theory]
    [InlineData("test/a/2.tiff")]
    [InlineData("test/a/deep/2.PPM")]
    [InlineData("test/b/2.jfif")]
    public void Images_in_a_format_that_is_not_read_are_refused_beside_others(string name)
    {
        Two();
        var path = _folder.File($"images/{name}", [1]);

        Refusal().ShouldContain($"The image '{path}' is in a format that is not read");
    }

    [Theory]
    [InlineData("test/c")]
    [InlineData("test/a/more")]
    public void A_link_to_a_folder_that_is_gone_is_refused(string name)
    {
        Two();
        var link = Path.Combine(_folder.Path, "images", name);
        Directory.CreateSymbolicLink(link, Path.Combine(_folder.Path, "gone"));

        Refusal().ShouldContain($"The link '{link}' leads nowhere");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "gone"));
        Load().Count.ShouldBe(2);
    }

    [Fact]
    public void Notes_and_what_Windows_leaves_do_not_disturb()
    {
        Two();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "images", "test", "c"));
        foreach (var name in new[] { "test/README.txt", "test/a/boxes.txt", "test/c/Thumbs.db", "test/b/desktop.ini" })
        {
            _folder.File($"images/{name}", [1]);
        }

        Load().ClassNames.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void The_Python_version_of_CIFAR_is_told_from_the_folder_above_it()
    {
        _folder.File("images/cifar-10-batches-py/test_batch", [0x80, 2, 1]);
        _folder.File("images/cifar-10-batches-py/batches.meta", [0x80, 2, 1]);

        Refusal("cifar-binary").ShouldContain("the Python version");
        Refusal().ShouldContain("a Python pickle");
    }

    public void Dispose() => _folder.Dispose();

    private void Two()
    {
        _folder.File("images/test/a/1.png", Table["rgb.png"].File);
        _folder.File("images/test/b/1.png", Table["rgba.png"].File);
    }

    private string Refusal(string format = "image-folder") =>
        Should.Throw<UserErrorException>(() => Load(format)).Message;

    private ImageDataset Load(string format = "image-folder") =>
        new DatasetCatalogue(
            new DatasetOptions { Cache = new(Path.Combine(_folder.Path, "cache")), Download = false }
        ).Load(
            new DatasetSpec
            {
                Name = "mine",
                Format = format,
                Path = Path.Combine(_folder.Path, "images"),
            }
        );

    private static Dictionary<string, (byte[], ImageShape, byte[])> Golden()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "RandomizedSmoothing.sln")))
        {
            root = root.Parent!;
        }

        return File.ReadLines(Path.Combine(root.FullName, "tests", "golden", "image_formats.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .ToDictionary(
                row => row[0],
                row =>
                    (
                        Convert.FromBase64String(row[1]),
                        new ImageShape(3, int.Parse(row[2]), int.Parse(row[3])),
                        Convert.FromBase64String(row[4])
                    )
            );
    }
}
