using System.Buffers.Binary;
using System.IO.Compression;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Safetensors;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Importing;

public sealed class ModelImportTests : IDisposable
{
    private static readonly ModelFit Cifar = new(new ImageShape(3, 32, 32), 10, 4);
    private static readonly ModelFit Digits = new(new ImageShape(1, 8, 8), 10, 4);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("net.base.")]
    public void Weights_fit_whatever_prefix_they_were_saved_with(string prefix)
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", Digits.Shape, 10);
        var path = Save(network.state_dict().ToDictionary(p => prefix + p.Key, p => p.Value));
        using var classifier = Open(path, "small-conv", Digits);
        var input = rand(3, 1, 8, 8);
        // Fused convolutions round differently.
        classifier.Logits(input).allclose(network.forward(input), 1e-5, 1e-6).ShouldBeTrue();
    }

    [Fact]
    public void Tensors_that_earlier_versions_wrote_twice_are_taken_once()
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("wrn-16-4", Cifar.Shape, 10);
        var tensors = new Dictionary<string, Tensor>(network.state_dict());
        foreach (var (name, value) in network.state_dict())
        {
            var twice = name.Replace(".bn1.", "._bn1.")
                .Replace(".conv2.", "._conv2.")
                .Replace(".convShortcut.", "._shortcut.");
            tensors[twice] = value;
        }

        using var classifier = Open(Save(tensors), "wrn-16-4", Cifar);

        network.eval();
        var input = rand(3, 3, 32, 32);
        classifier.Logits(input).allclose(network.forward(input), 1e-3, 1e-4).ShouldBeTrue();
    }

    [Fact]
    public void Missing_surplus_and_misshapen_tensors_are_listed()
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", Digits.Shape, 10);
        var tensors = new Dictionary<string, Tensor>(network.state_dict());
        tensors.Remove("conv1.bias");
        tensors["conv9.weight"] = ones(1);
        tensors["fc2.bias"] = ones(11);
        var message = Refused(Save(tensors), "small-conv", Digits);
        message.ShouldContain("'conv1.bias' is missing");
        message.ShouldContain("'conv9.weight' has no place");
        message.ShouldContain("'fc2.bias' has the shape [11] where [10] is needed");
    }

    [Fact]
    public void A_second_normalisation_is_refused()
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", Digits.Shape, 10);
        var tensors = new Dictionary<string, Tensor>(network.state_dict())
        {
            ["mean"] = full([1], 0.5f),
            ["std"] = full([1], 0.25f),
        };
        var path = Save(tensors);
        using (var classifier = Open(path, "small-conv", Digits))
        {
            var input = rand(3, 1, 8, 8);
            var expected = network.forward((input - 0.5f) / 0.25f);
            classifier.Logits(input).allclose(expected, 1e-4, 1e-5).ShouldBeTrue();
        }

        Refused(path, "small-conv", Digits, new Normalization([0.5], [0.25])).ShouldContain("twice");
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Weights_and_normalisation_of_another_precision_are_taken(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", Digits.Shape, 10);
        var tensors = network.state_dict().ToDictionary(p => p.Key, p => p.Value.to(type));
        tensors["mean"] = full([1], 0.5f).to(type);
        tensors["std"] = full([1], 0.25f).to(type);
        using var classifier = Open(Save(tensors), "small-conv", Digits);
        var input = rand(3, 1, 8, 8);
        classifier.Logits(input).allclose(network.forward((input - 0.5f) / 0.25f), 0.1, 0.1).ShouldBeTrue();
    }

    [Theory]
    [InlineData("model-00002-of-00003.safetensors", "part 2 of 3")]
    [InlineData("model.safetensors.index.json", "list of the parts")]
    public void A_part_of_a_model_is_refused_with_the_lines_that_join_the_parts(string name, string expected)
    {
        var message = Refused(_folder.File(name, [1, 2, 3]), "resnet20", Cifar);
        message.ShouldContain(expected);
        message.ShouldContain("glob(\"model-*-of-*.safetensors\")");
    }

    [Fact]
    public void A_pickle_is_refused_with_the_program_that_converts_it()
    {
        var legacy = _folder.File("legacy.pth", [0x80, 0x02, 0x8a, 0x0a]);
        Refused(legacy, "resnet20", Cifar).ShouldContain("save_file");
        var path = Path.Combine(_folder.Path, "checkpoint.pth");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("archive/data.pkl");
            zip.CreateEntry("archive/version");
        }

        var message = Refused(path, "resnet20", Cifar);
        message.ShouldContain("pickle");
        message.ShouldContain("torch.load(\"" + path + "\"");
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "neither TorchScript nor safetensors")]
    [InlineData(new byte[] { 0x50, 0x4b, 3, 4, 0, 0 }, "neither TorchScript nor safetensors")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 0x7b }, "header claims 9 bytes")]
    public void Other_files_are_refused(byte[] bytes, string expected) =>
        Refused(_folder.File("model.bin", bytes), "resnet20", Cifar).ShouldContain(expected);

    [Fact]
    public void A_file_that_is_missing_is_named() =>
        Refused(Path.Combine(_folder.Path, "none.pt"), null, Cifar).ShouldContain("none.pt");

    [SkippableFact]
    public void A_model_for_other_images_or_classes_is_refused_with_both_shapes()
    {
        var colt = TestFolders.RequireShared("models", "colt_mnist_0.1.ts.pt");
        Refused(colt, null, Cifar).ShouldContain("3×32×32");
        var seven = new ModelFit(new ImageShape(1, 28, 28), 7, 4);
        var message = Refused(colt, null, seven);
        message.ShouldContain("10 logits");
        message.ShouldContain("7 classes");
        message.ShouldContain("--classes 10");
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = ArchitectureCatalogue.Build("small-conv", Digits.Shape, 10);
        var tensors = new Dictionary<string, Tensor>(network.state_dict()) { ["fc2.bias"] = full([10], float.NaN) };
        Refused(Save(tensors), "small-conv", Digits).ShouldContain("NaN");
    }

    [SkippableFact]
    public void A_damaged_script_is_refused()
    {
        var bytes = File.ReadAllBytes(TestFolders.RequireShared("models", "convex_mnist_0.1.ts.pt"));
        var fit = new ModelFit(new ImageShape(1, 28, 28), 10, 4);
        Refused(_folder.File("cut.ts.pt", bytes[..^2000]), null, fit).ShouldContain("cut.ts.pt");
    }

    [SkippableFact]
    public void A_script_that_claims_to_hold_a_billion_files_is_refused_before_room_is_made_for_them()
    {
        var bytes = File.ReadAllBytes(TestFolders.RequireShared("models", "convex_mnist_0.1.ts.pt"));
        var end = bytes.AsSpan(bytes.AsSpan().LastIndexOf("PK\x06\x06"u8));
        BinaryPrimitives.WriteUInt64LittleEndian(end[24..], 1 << 30);
        BinaryPrimitives.WriteUInt64LittleEndian(end[32..], 1 << 30);
        var path = _folder.File("claims.ts.pt", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path, null, new ModelFit(new ImageShape(1, 28, 28), 10, 4)).ShouldContain("1073741824 files");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.2 }, new[] { 1.0, 1, 1 }, "3 channels")]
    [InlineData(new[] { 0.1 }, new[] { 0.0 }, "positive")]
    public void An_impossible_normalisation_is_refused(double[] mean, double[] std, string expected) =>
        Refused(_folder.File("x", [1]), "resnet20", Cifar, new Normalization(mean, std)).ShouldContain(expected);

    public void Dispose() => _folder.Dispose();

    private static BaseClassifier Open(
        string path,
        string? architecture,
        ModelFit fit,
        Normalization? normalize = null
    ) =>
        ModelLoader.Open(
            path,
            new ModelSpec
            {
                Name = "m",
                File = path,
                Architecture = architecture,
                Normalize = normalize,
            },
            fit,
            CPU,
            Precision.Float32
        );

    private static string Refused(string path, string? architecture, ModelFit fit, Normalization? normalize = null) =>
        Should.Throw<UserErrorException>(() => Open(path, architecture, fit, normalize).Dispose()).Message;

    private string Save(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, tensors, new Dictionary<string, string>());
        return _folder.File("model.safetensors", stream.ToArray());
    }
}
