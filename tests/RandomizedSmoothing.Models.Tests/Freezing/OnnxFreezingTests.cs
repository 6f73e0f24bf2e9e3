using Google.Protobuf;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Onnx;
using RandomizedSmoothing.Models.Tests.Onnx;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>ONNX graphs frozen, beside ONNX Runtime, and which are left to it.</summary>
public sealed class OnnxFreezingTests : IDisposable
{
    private static readonly ModelFit Fit = new(new ImageShape(4, 6, 6), 7, 5);
    private readonly TemporaryFolder _folder = new();
    private int _files;

    public static TheoryData<string> Names => [.. OnnxSteps.All.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void What_classifiers_are_made_of_is_frozen_and_answers_as_in_ONNX_Runtime(string step)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var b = new OnnxBuilder([null, 4, 6, 6]);
        var x = OnnxSteps.All[step](b, OnnxSteps.All[step](b, b.Images));
        var path = Write(Head(b, x));
        using var frozen = Open(path);
        frozen.Obstacle.ShouldBeNull();
        frozen.Route.ShouldBe(ClassifierRoute.Frozen);
        RequireSame(frozen, Open(path, ClassifierRoute.Onnx), step);
    }

    [Fact]
    public void A_file_for_one_image_is_frozen_for_batches()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var b = new OnnxBuilder([1, 4, 6, 6]);
        var joined = b.Add(
            "Concat",
            [b.Add("Reshape", [b.Images, b.Integers(1, 4, 36)]), b.Weights(OnnxSteps.Random(1, 2, 36))],
            ("axis", 1L)
        );
        var rows = b.Add("Reshape", [joined, b.Integers(1, -1)]);
        var path = Write(b.Bytes(b.Linear(rows, OnnxSteps.Random(7, 216), OnnxSteps.Random(7))));

        using var frozen = Open(path);

        frozen.Obstacle.ShouldBeNull();
        frozen.Route.ShouldBe(ClassifierRoute.Frozen);
        RequireSame(frozen, Open(path, ClassifierRoute.Onnx), "one image");
    }

    [Theory]
    [InlineData("GELU written out", "gelu", 1)]
    [InlineData("GELU written out in another order", "gelu", 1)]
    [InlineData("layer norm written out", "layer_norm", 1)]
    [InlineData("linear written out", "linear", 2)]
    [InlineData("nearly a GELU", "gelu", 0)]
    [InlineData("nearly a layer norm", "layer_norm", 0)]
    public void What_an_exporter_writes_out_is_one_operator_again(string step, string name, int times)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var b = new OnnxBuilder([null, 4, 6, 6]);
        var path = Write(Head(b, OnnxSteps.All[step](b, b.Images)));
        var file = OnnxFile.Read(path, path);
        var values = new OnnxValues(file);

        using var graph = FrozenGraph.Of(Fit.Shape, trace => OnnxRun.Record(file, values, trace));

        graph.Operators.Count(o => o.Name == name).ShouldBe(times);
        graph.Operators.Count(o => o.Name is "erf" or "square" or "matmul").ShouldBe(times == 0 ? 1 : 0);
    }

    [Fact]
    public void Programs_without_any_plan_answer_the_same_frozen()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
#pragma warning disable RS0030 // Seeded
        var random = new Random(6);
#pragma warning restore RS0030
        var names = OnnxSteps.All.Keys.ToArray();
        for (var round = 0; round < 60; round++)
        {
            var b = new OnnxBuilder([null, 4, 6, 6]);
            var values = new List<string> { b.Images };
            for (var i = 0; i < 8; i++)
            {
                var from = values[^Math.Min(values.Count, 1 + random.Next(3))];
                values.Add(
                    random.Next(3) == 0
                        ? b.Add("Add", [from, values[random.Next(values.Count)]])
                        : OnnxSteps.All[names[random.Next(names.Length)]](b, from)
                );
            }

            var path = Write(Head(b, b.Add("Add", [values[^1], values[^2]])));
            using var frozen = Open(path);
            frozen.Obstacle.ShouldBeNull();
            RequireSame(frozen, Open(path, ClassifierRoute.Onnx), $"round {round}");
        }
    }

    [Fact]
    public void What_is_not_understood_is_left_to_ONNX_Runtime_and_said()
    {
        using var scope = NewDisposeScope();
        var b = new OnnxBuilder([null, 4, 6, 6]);
        var path = Write(Head(b, b.Add("Celu", [b.Images])));
        using var classifier = Open(path);
        classifier.Route.ShouldBe(ClassifierRoute.Onnx);
        classifier.Obstacle.ShouldNotBeNull().ShouldContain("Celu");
        Should
            .Throw<UserErrorException>(() => Open(path, precision: Precision.BFloat16).Dispose())
            .Message.ShouldContain("cannot be frozen (the operator Celu, which is not known here)");
        Should
            .Throw<UserErrorException>(() => Open(path, ClassifierRoute.Frozen).Dispose())
            .Message.ShouldContain("was frozen when its sweep began");
    }

    [SkippableFact]
    public void A_published_network_frozen_is_bit_for_bit_the_network_of_its_weights_also_in_bfloat16()
    {
        var (file, images, _, _) = ReferenceData.ResNet20();
        var path = Write(OnnxResNet.Write(file, null));
        var weights = TestFolders.RequireShared("models", "akamaster_resnet20.safetensors");
        var fit = new ModelFit(new ImageShape(3, 32, 32), 10, 20);
        using var scope = NewDisposeScope();
        foreach (var precision in new[] { Precision.Float32, Precision.BFloat16 })
        {
            using var frozen = ModelLoader.Open(path, new ModelSpec { Name = "m" }, fit, CPU, precision);
            using var network = ModelLoader.Open(
                weights,
                new ModelSpec { Name = "m", Architecture = "resnet20-a" },
                fit,
                CPU,
                precision
            );
            var input = images.narrow(0, 0, 20);
            frozen.Route.ShouldBe(ClassifierRoute.Frozen);
            frozen.Logits(input).Equals(network.Logits(input)).ShouldBeTrue($"{precision}");
        }
    }

    private static byte[] Head(OnnxBuilder b, string x) =>
        b.Bytes(
            b.Linear(
                b.Add(
                    "Flatten",
                    [b.Add("GlobalAveragePool", [b.Conv(x, OnnxSteps.Random(4, 4, 3, 3), null, 1, 0)])],
                    ("axis", 1L)
                ),
                OnnxSteps.Random(7, 4),
                OnnxSteps.Random(7)
            )
        );

    private static void RequireSame(BaseClassifier frozen, BaseClassifier reference, string which)
    {
        using var _ = no_grad();
        using (reference)
        {
            var input = rand(5, 4, 6, 6);
            frozen.Logits(input).allclose(reference.Logits(input), 1e-4, 1e-5).ShouldBeTrue(which);
        }
    }

    private string Write(byte[] model) => _folder.File($"{_files++}.onnx", model);

    private static BaseClassifier Open(
        string path,
        ClassifierRoute? route = null,
        Precision precision = Precision.Float32
    ) => ModelLoader.Open(path, new ModelSpec { Name = "m", File = path }, Fit, CPU, precision, route);
}
