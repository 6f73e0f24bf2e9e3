using Google.Protobuf;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Tests.Onnx;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>ONNX graphs frozen, beside ONNX Runtime, and which are left to it.</summary>
public sealed class OnnxFreezingTests : IDisposable
{
    private static readonly ModelFit Fit = new(new ImageShape(4, 6, 6), 7, 5);
    private readonly TemporaryFolder _folder = new();
    private int _files;

    /// <summary>A step that turns 4×6×6 features into others, by name.</summary>
    private static readonly Dictionary<string, Func<OnnxBuilder, string, string>> Steps = new()
    {
        ["conv"] = (b, x) => b.Add("Relu", [b.Conv(x, Random(4, 4, 3, 3), Random(4), 1, 1)]),
        ["unequal borders"] = (b, x) =>
            b.Add("Conv", [x, b.Weights(Random(4, 4, 2, 2))], ("pads", new long[] { 1, 0, 0, 1 })),
        ["groups and dilation"] = (b, x) =>
            b.Add(
                "Conv",
                [x, b.Weights(Random(4, 2, 3, 3))],
                ("pads", new long[] { 2, 2, 2, 2 }),
                ("dilations", new long[] { 2, 2 }),
                ("group", 2L)
            ),
        ["norm after conv"] = (b, x) => Norm(b, b.Conv(x, Random(4, 4, 1, 1), null, 1, 0)),
        ["norm alone"] = (b, x) => b.Add("Relu", [Norm(b, x)]),
        ["residual"] = (b, x) => b.Add("Relu", [b.Add("Add", [Norm(b, b.Conv(x, Random(4, 4, 3, 3), null, 1, 1)), x])]),
        ["max pool"] = (b, x) =>
            b.Add("MaxPool", [x], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
        ["average pool"] = (b, x) =>
            b.Add("AveragePool", [x], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
        ["average pool over borders"] = (b, x) =>
            b.Add(
                "AveragePool",
                [x],
                ("kernel_shape", new long[] { 3, 3 }),
                ("pads", new long[] { 1, 1, 1, 1 }),
                ("count_include_pad", 1L)
            ),
        ["squeeze and excite"] = (b, x) =>
            b.Add(
                "Mul",
                [x, b.Add("Sigmoid", [b.Conv(b.Add("GlobalAveragePool", [x]), Random(4, 4, 1, 1), null, 1, 0)])]
            ),
        ["global maximum"] = (b, x) => b.Add("Add", [x, b.Add("GlobalMaxPool", [x])]),
        ["leaky"] = (b, x) => b.Add("LeakyRelu", [x], ("alpha", 0.2f)),
        ["elu"] = (b, x) => b.Add("Elu", [x]),
        ["prelu"] = (b, x) => b.Add("PRelu", [x, b.Weights(Random(4, 1, 1))]),
        ["hard sigmoid"] = (b, x) => b.Add("HardSigmoid", [x]),
        ["hard swish"] = (b, x) => b.Add("HardSwish", [x]),
        ["clip"] = (b, x) => b.Add("Clip", [x, b.Weights(tensor(-0.5f)), b.Weights(tensor(0.75f))]),
        ["square root"] = (b, x) => b.Add("Sqrt", [b.Add("Abs", [x])]),
        ["softmax of channels"] = (b, x) => b.Add("Softmax", [x], ("axis", 1L)),
        ["concatenated and cut"] = (b, x) =>
            b.Add(
                "Slice",
                [
                    b.Add("Concat", [x, b.Add("Neg", [x])], ("axis", 1L)),
                    b.Integers(2),
                    b.Integers(6),
                    b.Integers(1),
                    b.Integers(1),
                ]
            ),
        ["every second, padded"] = (b, x) =>
            b.Add(
                "Pad",
                [
                    b.Add("Slice", [x, b.Integers(0), b.Integers(long.MaxValue), b.Integers(1), b.Integers(2)]),
                    b.Integers(0, 1, 0, 0, 0, 1, 0, 0),
                ]
            ),
        ["channels turned"] = (b, x) =>
            b.Add(
                "Transpose",
                [b.Add("Transpose", [x], ("perm", new long[] { 0, 2, 3, 1 }))],
                ("perm", new long[] { 0, 3, 2, 1 })
            ),
        ["shuffled"] = (b, x) =>
            b.Add(
                "Reshape",
                [
                    b.Add(
                        "Transpose",
                        [b.Add("Reshape", [x, b.Integers(0, 2, 2, 6, 6)])],
                        ("perm", new long[] { 0, 2, 1, 3, 4 })
                    ),
                    b.Integers(0, -1, 6, 6),
                ]
            ),
        ["shape taken apart"] = (b, x) =>
        {
            var rows = b.Add("Gather", [b.Add("Shape", [x]), b.Integers(0)], ("axis", 0L));
            return b.Add(
                "Reshape",
                [
                    b.Add("Reshape", [x, b.Add("Concat", [rows, b.Integers(-1)], ("axis", 0L))]),
                    b.Add("Concat", [rows, b.Integers(4, 6, 6)], ("axis", 0L)),
                ]
            );
        },
        ["mean of channels"] = (b, x) => b.Add("Sub", [x, b.Add("ReduceMean", [x], ("axes", new long[] { 1 }))]),
        ["error function"] = (b, x) => b.Add("Mul", [x, b.Add("Erf", [x])]),
        ["extremes"] = (b, x) =>
            b.Add(
                "Max",
                [
                    b.Add("Min", [x, b.Add("ReduceMax", [x], ("axes", new long[] { 1 }))]),
                    b.Add("ReduceMin", [x], ("axes", new long[] { 2, 3 })),
                ]
            ),
        ["one channel"] = (b, x) =>
            b.Add("Sub", [x, b.Add("Unsqueeze", [b.Add("Gather", [x, b.Integer(2)], ("axis", 1L)), b.Integers(1)])]),
        ["split"] = (b, x) =>
        {
            var parts = b.AddAll("Split", [x, b.Integers(1, 3)], 2, ("axis", 1L));
            return b.Add("Concat", [parts[1], parts[0]], ("axis", 1L));
        },
        ["token for every image"] = (b, x) =>
        {
            var rows = b.Add(
                "Unsqueeze",
                [b.Add("Gather", [b.Add("Shape", [x]), b.Integer(0)], ("axis", 0L)), b.Integers(0)]
            );
            var asked = b.Add("Concat", [rows, b.Integers(-1, -1, -1)], ("axis", 0L));
            var ones = b.Add("ConstantOfShape", [b.Add("Shape", [asked])], ("value", OnnxBuilder.Only(1)));
            var minus = b.Add("Mul", [ones, b.Integer(-1)]);
            var lengths = b.Add("Where", [b.Add("Equal", [asked, minus]), ones, asked]);
            var token = b.Add("Expand", [b.Weights(Random(1, 1, 6, 6)), lengths]);
            return b.Add(
                "Slice",
                [b.Add("Concat", [token, x], ("axis", 1L)), b.Integers(0), b.Integers(4), b.Integers(1)]
            );
        },
        ["dropout and identity"] = (b, x) => b.Add("Identity", [b.Add("Dropout", [x])]),
    };

    public static TheoryData<string> Names => [.. Steps.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void What_classifiers_are_made_of_is_frozen_and_answers_as_in_ONNX_Runtime(string step)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var b = new OnnxBuilder([null, 4, 6, 6]);
        var x = Steps[step](b, Steps[step](b, b.Images));
        var path = Write(Head(b, x));
        using var frozen = Open(path);
        frozen.Obstacle.ShouldBeNull();
        frozen.Route.ShouldBe(ClassifierRoute.Frozen);
        RequireSame(frozen, Open(path, ClassifierRoute.Onnx), step);
    }

    [Fact]
    public void Programs_without_any_plan_answer_the_same_frozen()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
#pragma warning disable RS0030 // Seeded
        var random = new Random(6);
#pragma warning restore RS0030
        var names = Steps.Keys.ToArray();
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
                        : Steps[names[random.Next(names.Length)]](b, from)
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

    private static string Norm(OnnxBuilder b, string x) =>
        b.Add(
            "BatchNormalization",
            [x, b.Weights(Random(4)), b.Weights(Random(4)), b.Weights(Random(4)), b.Weights(Random(4).abs() + 0.5f)],
            ("epsilon", 1e-3f)
        );

    private static Tensor Random(params long[] shape) => randn(shape) * 0.4f;

    private static byte[] Head(OnnxBuilder b, string x) =>
        b.Bytes(
            b.Linear(
                b.Add(
                    "Flatten",
                    [b.Add("GlobalAveragePool", [b.Conv(x, Random(4, 4, 3, 3), null, 1, 0)])],
                    ("axis", 1L)
                ),
                Random(7, 4),
                Random(7)
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
