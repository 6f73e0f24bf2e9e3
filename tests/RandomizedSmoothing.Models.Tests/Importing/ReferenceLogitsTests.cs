using System.Text.Json;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Importing;

public sealed class ReferenceLogitsTests
{
    private static readonly DatasetCatalogue Catalogue = new(
        new DatasetOptions { Cache = new(Path.GetTempPath()), Download = false }
    );

    [SkippableTheory]
    [InlineData("colt_mnist_0.1", "ts.pt", null)]
    [InlineData("convex_mnist_0.1", "ts.pt", null)]
    [InlineData("convex_cifar_small_l2_36px", "ts.pt", null)]
    [InlineData("akamaster_resnet20", "ts.pt", null)]
    [InlineData("akamaster_resnet20", "safetensors", "resnet20")]
    [InlineData("akamaster_resnet20", "safetensors", "resnet20-a")]
    public void Published_classifiers_give_their_reference_logits(string name, string ending, string? architecture)
    {
        var file = TestFolders.RequireShared("models", $"{name}.{ending}");
        var reference = Reference(name);
        var dataset = Images(reference);
        using var classifier = ModelLoader.Open(
            file,
            new ModelSpec
            {
                Name = name,
                File = file,
                Architecture = architecture,
            },
            new ModelFit(dataset.Shape, dataset.Classes, 100),
            CPU,
            Precision.Float32
        );
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var logits = classifier.Logits(Batch(dataset, 100));
        var expected = reference.GetProperty("logits_first10");
        for (var image = 0; image < 10; image++)
        {
            for (var label = 0; label < 10; label++)
            {
                logits[image, label].item<float>().ShouldBe(expected[image][label].GetSingle(), 1e-4);
            }
        }

        var predicted = logits.argmax(1).data<long>().ToArray();
        var accuracy = predicted.Where((p, i) => p == dataset.Labels[i]).Count() / 100.0;
        accuracy.ShouldBe(reference.GetProperty("acc_first100").GetDouble(), 1e-6);
    }

    [SkippableTheory]
    [InlineData("colt_mnist_0.1")]
    [InlineData("convex_cifar_small_l2_36px")]
    [InlineData("akamaster_resnet20")]
    public void The_logits_of_a_row_depend_neither_on_its_place_nor_on_its_neighbours(string name)
    {
        var file = TestFolders.RequireShared("models", $"{name}.ts.pt");
        var dataset = Images(Reference(name));
        const int Rows = 64;
        using var classifier = ModelLoader.Open(
            file,
            new ModelSpec { Name = name, File = file },
            new ModelFit(dataset.Shape, dataset.Classes, Rows),
            CPU,
            Precision.Float32
        );
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = Batch(dataset, Rows);
        var first = classifier.Logits(images);
        for (var shift = 1; shift < Rows; shift += 7)
        {
            var rolled = classifier.Logits(images.roll(shift, 0));
            rolled.roll(-shift, 0).eq(first).all().item<bool>().ShouldBeTrue($"rolled by {shift}");
        }
    }

    private static JsonElement Reference(string name)
    {
        var file = TestFolders.RequireShared("models", "reference_logits.json");
        return JsonDocument
            .Parse(File.ReadAllText(file))
            .RootElement.EnumerateArray()
            .First(e => e.GetProperty("name").GetString() == name);
    }

    private static ImageDataset Images(JsonElement reference) =>
        reference.GetProperty("dataset").GetString() == "mnist"
            ? Catalogue.Load(new DatasetSpec { Name = "mnist", Path = TestFolders.RequireShared("data", "mnist") })
            : Catalogue.Load(
                new DatasetSpec
                {
                    Name = "cifar10",
                    Path = TestFolders.RequireShared("data", "cifar10", "test_batch_first100.bin.gz"),
                }
            );

    private static Tensor Batch(ImageDataset dataset, int count)
    {
        var shape = dataset.Shape;
        var pixels = new float[count * shape.Dimension];
        for (var i = 0; i < count; i++)
        {
            var image = dataset.Image(i);
            for (var j = 0; j < image.Length; j++)
            {
                pixels[i * shape.Dimension + j] = image[j] / 255f;
            }
        }

        return tensor(pixels, [count, shape.Channels, shape.Height, shape.Width]);
    }
}
