using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using SkiaSharp;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class LabelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Images => Path.Combine(_folder.Path, "images");

    [Fact]
    public void Numbers_beside_paths_are_class_numbers_in_the_order_of_the_file()
    {
        Write("b.png", 10);
        Write("deep/a.png", 20);
        Text("labels.csv", "path,label\nb.png,2\ndeep/a.png,0\n");
        var images = Load();
        images.Labels.ShouldBe([2, 0]);
        images.ClassNames.ShouldBe(["0", "1", "2"]);
        images.Image(0)[0].ShouldBe((byte)10);
        images.Image(1)[0].ShouldBe((byte)20);
    }

    [Fact]
    public void Numbers_and_class_folders_named_by_them_may_lack_classes_whose_number_is_said()
    {
        Write("0/a.png", 1);
        Write("10/b.png", 2);
        Catalogue().Load(Spec with { Classes = 12 }).Labels.ShouldBe([0, 10]);
        Text("labels.csv", "0/a.png,3\n10/b.png,0\n");
        var images = Catalogue().Load(Spec with { Classes = 12 });
        (images.Classes, images.Labels[0], images.Labels[1]).ShouldBe((12, 3, 0));
        Should
            .Throw<UserErrorException>(() => Catalogue().Load(Spec with { Classes = 3 }))
            .Message.ShouldContain("'3'");
    }

    [Theory]
    [InlineData("cifar10", 11, "it has 10")]
    [InlineData("digits", 9, "it has 10")]
    public void A_known_data_set_has_the_classes_that_it_has(string name, int classes, string expected) =>
        Should
            .Throw<UserErrorException>(() => Catalogue().Load(new DatasetSpec { Name = name, Classes = classes }))
            .Message.ShouldContain(expected);

    [Fact]
    public void Names_beside_paths_are_classes_and_a_file_of_names_orders_and_renames_them()
    {
        Write("1.png", 1);
        Write("2.png", 2);
        Text("labels.txt", "1.png n02\n2.png n01\n");
        Load().Labels.ShouldBe([1, 0]);
        Text("classes.txt", "n02 zebra, Equus\nn01 ant\n");
        var images = Load();
        images.Labels.ShouldBe([0, 1]);
        images.ClassNames.ShouldBe(["zebra", "ant"]);
    }

    [Fact]
    public void A_file_of_names_renames_class_folders_without_changing_the_digest()
    {
        Write("n01/1.png", 1);
        Write("n02/2.png", 2);
        var before = Load();
        Text("synset_words.txt", "n01 tench, Tinca tinca\nn02 goldfish\n");
        var after = Load();
        after.ClassNames.ShouldBe(["tench", "goldfish"]);
        after.Hash.ShouldBe(before.Hash);
    }

    [Theory]
    [InlineData("polar bear\nred fox\ngrizzly bear\n", new[] { "polar bear", "red fox", "grizzly bear" })]
    [InlineData("polar bear, Ursus\nred fox Vulpes\ngrizzly bear\n", new[] { "Ursus", "Vulpes", "grizzly bear" })]
    public void Class_folders_with_spaces_are_found_in_a_file_of_names(string text, string[] names)
    {
        Write("grizzly bear/1.png", 1);
        Write("polar bear/1.png", 2);
        Write("red fox/1.png", 3);
        Text("classes.txt", text);
        var images = Load();
        images.ClassNames.ShouldBe(names);
        Enumerable.Range(0, 3).Select(i => images.Image(i)[0]).ShouldBe([(byte)2, (byte)3, (byte)1]);
        images.Labels.ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void The_longest_class_folder_with_which_a_line_begins_counts()
    {
        Write("bear/1.png", 1);
        Write("bear cub/1.png", 2);
        Text("classes.txt", "bear cub young\nbear old\n");
        var images = Load();
        images.ClassNames.ShouldBe(["young", "old"]);
        images.Image(0)[0].ShouldBe((byte)2);
    }

    [Theory]
    [InlineData("polar bear\nblack bear\n", "none for 'red fox'")]
    [InlineData("polar bear white\npolar bear large\nred fox\n", "two lines for 'polar bear'")]
    [InlineData("bear\n", "has 1 lines")]
    public void A_file_of_names_that_fits_in_part_is_refused(string text, string expected)
    {
        Write("polar bear/1.png", 1);
        Write("red fox/1.png", 2);
        Text("classes.txt", text);
        Should.Throw<UserErrorException>(Load).Message.ShouldContain(expected);
    }

    [Fact]
    public void Names_by_place_are_refused_for_numbers_in_the_order_of_their_text()
    {
        foreach (var folder in new[] { "1", "2", "10" })
        {
            Write($"{folder}/1.png", 1);
        }

        Text("classes.txt", "ant\nbee\nzebra\n");
        Should.Throw<UserErrorException>(Load).Message.ShouldContain("order of their text");
        Text("classes.txt", "1 ant\n2 bee\n10 zebra\n");
        Load().ClassNames.ShouldBe(["ant", "bee", "zebra"]);
    }

    [Fact]
    public void The_ground_truth_of_ImageNet_is_translated_to_the_order_of_the_class_folders()
    {
        // As in the development kit: ids in an order that is not that of the synsets.
        Write("val/ILSVRC2012_val_00000001.png", 1);
        Write("val/ILSVRC2012_val_00000002.png", 2);
        Write("val/ILSVRC2012_val_00000003.png", 3);
        Text("ILSVRC2012_validation_ground_truth.txt", "1\n3\n2\n");
        Should.Throw<UserErrorException>(Load).Message.ShouldContain("map_clsloc.txt");
        Text("map_clsloc.txt", "n30 1 kit_fox\nn10 2 tench\nn20 3 crane\n");
        Load().Labels.ShouldBe([2, 1, 0]);
    }

    [Fact]
    public void The_validation_table_of_Kaggle_is_understood()
    {
        Write("val/ILSVRC2012_val_00000001.png", 1);
        Write("val/ILSVRC2012_val_00000002.png", 2);
        Text(
            "LOC_val_solution.csv",
            "ImageId,PredictionString\nILSVRC2012_val_00000002,n02 1 2 3 4 n02 5 6 7 8\nILSVRC2012_val_00000001,n01 1 2 3 4\n"
        );
        Text("LOC_synset_mapping.txt", "n01 tench, Tinca tinca\nn02 goldfish, Carassius auratus\n");
        var images = Load();
        images.Labels.ShouldBe([1, 0]);
        images.ClassNames.ShouldBe(["tench", "goldfish"]);
    }

    [Theory]
    [InlineData("a.png,0\nb.png,1\n", "line 2 there is no image 'b.png'")]
    [InlineData("a.png,0\na.png,1\n", "line 2 'a.png' is there twice")]
    [InlineData("../outside.png,0\n", "there is no image '../outside.png'")]
    [InlineData("/etc/passwd,0\n", "there is no image '/etc/passwd'")]
    [InlineData("a.png\n", "is no 'path,label'")]
    [InlineData("a.png,9999999\n", "no class number")]
    [InlineData("a.png,0\nb.jpg,-1\n", "line 2 the label '-1' is a number, and no class number")]
    [InlineData("a.png,0.5\n", "line 1 the label '0.5' is a number, and no class number")]
    [InlineData("a.png,0,c0\n", "line 1 'a.png,0,c0' has more than two columns")]
    public void A_wrong_line_is_named(string text, string expected)
    {
        Write("a.png", 1);
        Write("b.jpg", 1);
        _folder.File("outside.png", [1]);
        Text("labels.csv", text);
        Should.Throw<UserErrorException>(Load).Message.ShouldContain(expected);
    }

    [Fact]
    public void Class_numbers_of_a_table_of_floating_point_numbers_are_class_numbers()
    {
        var labels = Enumerable.Range(0, 12).Select(i => (Name: $"{(char)('a' + i)}.png", Label: 11 - i)).ToArray();
        foreach (var (name, label) in labels)
        {
            Write(name, (byte)label);
        }

        Text("labels.csv", string.Concat(labels.Select(l => $"{l.Name},{l.Label}.0\n")));
        Load().Labels.ShouldBe(labels.Select(l => l.Label));
    }

    [Fact]
    public void A_quoted_class_name_may_have_a_comma()
    {
        Write("a.png", 1);
        Write("b.png", 2);
        Text("labels.csv", "a.png,\"tench, Tinca tinca\"\nb.png,goldfish\n");
        Load().ClassNames.ShouldBe(["goldfish", "tench, Tinca tinca"]);
    }

    [Fact]
    public void All_damaged_images_are_named_at_once()
    {
        Write("cat/1.png", 1);
        Text("cat/2.png", "no image");
        Text("cat/3.png", "no image either");
        var message = Should.Throw<UserErrorException>(Load).Message;
        message.ShouldContain("2 of 3 images");
        message.ShouldContain("2.png");
        message.ShouldContain("3.png");
    }

    [Fact]
    public void Large_images_of_one_size_stay_as_they_are_when_asked_for()
    {
        Write("cat/1.png", 1, 150);
        Write("dog/2.png", 2, 150);
        Load(ImageFolderFormat.AsIs).Shape.ShouldBe(new ImageShape(3, 150, 150));
        Load().Shape.ShouldBe(new ImageShape(3, 224, 224));
        Write("dog/3.png", 2, 151);
        Should.Throw<UserErrorException>(() => Load(ImageFolderFormat.AsIs)).Message.ShouldContain("151 × 151");
    }

    [Fact]
    public void A_known_data_set_may_come_as_folders_of_images()
    {
        foreach (var name in PublishedDataset.Find("cifar10")!.ClassNames)
        {
            Write($"{name}/1.png", 1);
        }

        var spec = DatasetText.Parse($"cifar10:{Images}", "test", path => path);
        spec.Name.ShouldBe("cifar10");
        Catalogue().Load(spec).Count.ShouldBe(10);
    }

    [Theory]
    [InlineData("fashion-mnist", new[] { "Ankle_Boot", "Sandal", "t shirt" }, new[] { 9, 5, 0 })]
    [InlineData("fashion-mnist", new[] { "T-shirt_top", "Shirt" }, new[] { 6, 0 })]
    [InlineData("cifar10", new[] { "car", "plane", "truck" }, new[] { 1, 0, 9 })]
    [InlineData("mnist", new[] { "0 - zero", "7 - seven" }, new[] { 0, 7 })]
    [InlineData("fashion-mnist", new[] { "class0", "class2", "class9" }, new[] { 0, 2, 9 })]
    [InlineData("cifar100", new[] { "0", "10", "9" }, new[] { 0, 10, 9 })]
    public void Class_folders_of_a_known_data_set_have_its_labels(string name, string[] folders, int[] labels)
    {
        foreach (var folder in folders)
        {
            Write($"{folder}/1.png", 1);
        }

        var images = Catalogue().Load(DatasetText.Parse($"{name}:{Images}", "test", path => path));
        images.ClassNames.ShouldBe(PublishedDataset.Find(name)!.ClassNames);
        images.Labels.ShouldBe(labels);
    }

    [Theory]
    [InlineData("dog", "wolf", "the class 'wolf'")]
    [InlineData("9", "10", "the class '10'")]
    [InlineData("dog", "1", "some by number")]
    [InlineData("1", "01", "one class twice")]
    public void Class_folders_that_a_known_data_set_does_not_have_are_refused(string one, string two, string expected)
    {
        Write($"{one}/1.png", 1);
        Write($"{two}/1.png", 2);
        var spec = DatasetText.Parse($"cifar10:{Images}", "test", path => path);
        Should.Throw<UserErrorException>(() => Catalogue().Load(spec)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Folders_named_by_numbers_keep_the_order_of_their_text_and_a_check_says_so()
    {
        foreach (var number in Enumerable.Range(0, 11))
        {
            Write($"{number}/1.png", (byte)number);
        }

        var images = Load();
        images.ClassNames[2].ShouldBe("10");
        DatasetSummary.Of(images).Warnings(images).ShouldContain(w => w.StartsWith("class 10 has the label 2"));
    }

    [Theory]
    [InlineData("mnist", "mnist", null, null)]
    [InlineData("folder:/data/my images.v2", "my-images", "/data/my images.v2", "image-folder")]
    [InlineData("csv:/data/t.csv.gz", "t", "/data/t.csv.gz", "csv")]
    [InlineData("cifar100:/data/c", "cifar100", "/data/c", null)]
    public void A_data_set_is_named_by_a_text(string text, string name, string? path, string? format)
    {
        var spec = DatasetText.Parse(text, "train", given => given);
        (spec.Name, spec.Path, spec.Format, spec.Split).ShouldBe((name, path, format, "train"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("zip:/data/a.zip")]
    [InlineData("folder:")]
    public void A_text_that_names_none_lists_the_forms(string text) =>
        Should
            .Throw<UserErrorException>(() => DatasetText.Parse(text, "test", path => path))
            .Message.ShouldContain("folder:PATH");

    public void Dispose() => _folder.Dispose();

    private DatasetCatalogue Catalogue() =>
        new(new DatasetOptions { Cache = new(Path.Combine(_folder.Path, "cache")), Download = false });

    private DatasetSpec Spec =>
        new()
        {
            Name = "mine",
            Format = ImageFolderFormat.Cropped,
            Path = Images,
        };

    private ImageDataset Load() => Catalogue().Load(Spec);

    private ImageDataset Load(string format) => Catalogue().Load(Spec with { Format = format });

    private void Text(string name, string text) =>
        _folder.File($"images/{name}", System.Text.Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte red, int side = 4)
    {
        using var bitmap = new SKBitmap(side, side);
        bitmap.Erase(new SKColor(red, 100, 200));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        _folder.File($"images/{name}", data.ToArray());
    }
}
