using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Inference;
using RandomizedSmoothing.Models.Training;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Architectures;

public sealed class ArchitectureTests
{
    // Published counts: akamaster/pytorch_resnet_cifar10 (option A), bearpaw/pytorch-classification (projections), Zagoruyko and
    // Komodakis 2016 (36.5 M), torchvision.
    [Theory]
    [InlineData("resnet20", 32, 10, 272_474)]
    [InlineData("resnet20-a", 32, 10, 269_722)]
    [InlineData("resnet110", 32, 10, 1_730_714)]
    [InlineData("resnet110-a", 32, 10, 1_727_962)]
    [InlineData("wrn-28-10", 32, 10, 36_479_194)]
    [InlineData("resnet18", 64, 1000, 11_689_512)]
    [InlineData("resnet34", 64, 1000, 21_797_672)]
    [InlineData("resnet50", 64, 1000, 25_557_032)]
    public void Parameters_are_as_many_as_published(string name, int side, int classes, long expected)
    {
        using var network = ArchitectureCatalogue.Build(name, new ImageShape(3, side, side), classes);
        network.parameters().Sum(p => p.numel()).ShouldBe(expected);
    }

    // Xternalz's WideResNet-pytorch, from which other published code took them.
    [Fact]
    public void Names_are_the_published_ones_and_each_tensor_has_one()
    {
        using var network = ArchitectureCatalogue.Build("wrn-16-4", new ImageShape(3, 32, 32), 10);

        var names = network
            .state_dict()
            .Keys.Where(name => name.StartsWith("block2.layer.0.", StringComparison.Ordinal));

        string[] norm = ["bias", "num_batches_tracked", "running_mean", "running_var", "weight"];
        string[] expected =
        [
            .. new[] { "bn1", "bn2" }.SelectMany(layer => norm.Select(part => $"{layer}.{part}")),
            "conv1.weight",
            "conv2.weight",
            "convShortcut.weight",
        ];
        names.Order(StringComparer.Ordinal).ShouldBe(expected.Select(name => $"block2.layer.0.{name}"));
    }

    [Theory]
    [InlineData("small-conv", 1, 8)]
    [InlineData("lenet", 1, 28)]
    [InlineData("lenet", 3, 32)]
    [InlineData("resnet20", 3, 32)]
    [InlineData("resnet20-a", 3, 32)]
    [InlineData("wrn-16-4", 3, 32)]
    [InlineData("resnet18", 3, 64)]
    [InlineData("resnet50", 3, 64)]
    public void Folding_batch_norm_does_not_change_the_answer(string name, int channels, int side)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var shape = new ImageShape(channels, side, side);
        var network = ArchitectureCatalogue.Build(name, shape, 7);
        Keyed.Initialize(network, 5);
        var input = rand([4, channels, side, side], generator: new Generator(3, CPU));
        network.train();
        network.forward(input);
        network.forward(input);
        network.eval();
        var expected = network.forward(input);
        using var classifier = new NativeClassifier(network, null, Arithmetic.Of(CPU, Precision.Float32));
        var folded = classifier.Logits(input);
        folded.shape.ShouldBe([4, 7]);
        (folded - expected)
            .abs()
            .max()
            .item<float>()
            .ShouldBeLessThan(1e-3f * (1 + expected.abs().max().item<float>()));
    }

    [Fact]
    public void Images_that_do_not_fit_are_refused_with_the_reason()
    {
        foreach (var architecture in ArchitectureCatalogue.All)
        {
            var error = Should.Throw<UserErrorException>(() =>
                ArchitectureCatalogue.Build(architecture.Name, new ImageShape(3, 4, 2000), 10)
            );
            error.Message.ShouldContain("3×4×2000");
        }
    }
}
