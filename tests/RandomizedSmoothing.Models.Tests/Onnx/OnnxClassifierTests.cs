using Google.Protobuf;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Onnx;

/// <summary>ONNX models as ONNX Runtime computes them, where they are not frozen.</summary>
public sealed class OnnxClassifierTests : IDisposable
{
    private static readonly ModelFit Small = new(new ImageShape(2, 5, 4), 7, 6);
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _weight = rand([7, 40], generator: new Generator(1, CPU));
    private readonly Tensor _bias = rand([7], generator: new Generator(2, CPU));
    private readonly Tensor _images = rand([6, 2, 5, 4], generator: new Generator(3, CPU));

    [Theory]
    [InlineData(null)]
    [InlineData(6L)]
    [InlineData(3L)]
    [InlineData(1L)]
    [InlineData(4L)]
    [InlineData(100L)]
    public void A_linear_model_gives_the_logits_of_libtorch_whatever_batch_it_was_exported_for(long? rows)
    {
        using var classifier = Open(Linear([rows, 2, 5, 4]));
        var logits = classifier.Logits(_images);
        logits.shape.ShouldBe([6, 7]);
        ShouldBeClose(logits, nn.functional.linear(_images.flatten(1), _weight, _bias), 1e-5);
    }

    [Theory]
    [InlineData(10, 5e-2)]
    [InlineData(11, 1e-5)]
    public void Other_floating_point_types_are_converted_at_the_door(int type, double tolerance)
    {
        using var classifier = Open(Linear([null, null, null, null], type));
        ShouldBeClose(classifier.Logits(_images), nn.functional.linear(_images.flatten(1), _weight, _bias), tolerance);
    }

    [Fact]
    public void A_convolution_behind_a_normalisation_and_before_probabilities_is_the_same_classifier()
    {
        var kernel = rand([3, 2, 3, 3], generator: new Generator(4, CPU));
        var head = rand([7, 3], generator: new Generator(5, CPU));
        var b = new OnnxBuilder([null, 2, 5, 4]);
        var features = b.Add("GlobalAveragePool", [b.Add("Relu", [b.Conv(b.Images, kernel, null, 2, 1)])]);
        var logits = b.Linear(b.Add("Flatten", [features], ("axis", 1L)), head, _bias);
        using var classifier = Open(
            b.Bytes(b.Add("Softmax", [logits], ("axis", 1L))),
            Small,
            new Normalization([0.4, 0.5], [0.2, 0.3])
        );
        var normalised =
            (_images - tensor(new[] { 0.4f, 0.5f }, [1, 2, 1, 1])) / tensor(new[] { 0.2f, 0.3f }, [1, 2, 1, 1]);
        var expected = nn.functional.conv2d(normalised, kernel, null, [2, 2], [1, 1]).relu().mean([2, 3]);
        ShouldBeClose(classifier.Logits(_images), nn.functional.linear(expected, head, _bias).softmax(1), 1e-6);
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(16L)]
    public void A_published_network_gives_its_reference_logits(long? rows)
    {
        var (file, images, labels, reference) = ReferenceData.ResNet20();
        using var classifier = Open(OnnxResNet.Write(file, rows), new ModelFit(new ImageShape(3, 32, 32), 10, 100));
        using var inference = inference_mode();
        var logits = classifier.Logits(images);
        var expected = reference.GetProperty("logits_first10");
        for (var image = 0; image < 10; image++)
        {
            for (var label = 0; label < 10; label++)
            {
                logits[image, label].item<float>().ShouldBe(expected[image][label].GetSingle(), 1e-4);
            }
        }

        var predicted = logits.argmax(1).data<long>().ToArray();
        (predicted.Where((p, i) => p == labels[i]).Count() / 100.0).ShouldBe(
            reference.GetProperty("acc_first100").GetDouble(),
            1e-6
        );
    }

    [SkippableFact]
    public void The_logits_of_a_row_depend_neither_on_its_place_nor_on_its_neighbours()
    {
        var (file, images, _, _) = ReferenceData.ResNet20();
        const int Rows = 64;
        using var classifier = Open(OnnxResNet.Write(file, null), new ModelFit(new ImageShape(3, 32, 32), 10, Rows));
        using var inference = inference_mode();
        var batch = images.narrow(0, 0, Rows);
        var first = classifier.Logits(batch);
        for (var shift = 1; shift < Rows; shift += 7)
        {
            var rolled = classifier.Logits(batch.roll(shift, 0));
            rolled.roll(-shift, 0).eq(first).all().item<bool>().ShouldBeTrue($"rolled by {shift}");
        }
    }

    [Fact]
    public void Several_inputs_or_outputs_are_refused_by_name()
    {
        var two = Builder([null, 2, 5, 4], out var logits).Model(17, logits, "v1");
        Refused(two).ShouldContain($"2 outputs ('{logits}', 'v1')");
        var inputs = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        inputs.Graph.Input.Add(inputs.Graph.Input[0].Clone());
        inputs.Graph.Input[1].Name = "mask";
        Refused(inputs).ShouldContain("2 inputs ('images', 'mask')");
    }

    [Fact]
    public void Weights_listed_as_inputs_are_no_inputs()
    {
        var model = Builder([null, 2, 5, 4], out var logits).Model(17, logits);
        var port = model.Graph.Input[0].Clone();
        port.Name = model.Graph.Initializer[0].Name;
        port.Type.TensorType.Shape = null;
        model.Graph.Input.Add(port);
        using var classifier = Open(model.ToByteArray());
        classifier.Logits(_images).shape.ShouldBe([6, 7]);
    }

    [Fact]
    public void What_cannot_run_is_refused_with_the_reason()
    {
        var model = Builder([null, 2, 5, 4], out var logits).Model(900, logits);
        Refused(model).ShouldContain("operator set 900");
        model = Builder([null, 3, 5, 4], out logits).Model(17, logits);
        Refused(model).ShouldContain("takes [N, 3, 5, 4], and the images are N × 2×5×4");
        model = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        model.Graph.Initializer[0].DataLocation = 1;
        model
            .Graph.Initializer[0]
            .ExternalData.Add(new Models.Onnx.StringStringEntryProto { Key = "location", Value = "weights.bin" });
        Refused(model).ShouldContain("in 'weights.bin'");
        model = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        model.Graph.Node[0].Domain = "my.ops";
        Refused(model).ShouldContain("'my.ops'");
        model = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        model.Graph.Output[0].Type.TensorType.ElemType = 7;
        Refused(model).ShouldContain("int64");
        model = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        model.Graph.Initializer[0].Dims[0] = 8;
        Refused(model).ShouldContain("needs 1280 bytes and has 1120");
        model = Builder([null, 2, 5, 4], out logits).Model(17, logits);
        model.Graph.Node[1].OpType = "Gemn";
        Refused(model).ShouldContain("Gemn");
    }

    [Fact]
    public void Classes_that_do_not_fit_are_refused()
    {
        var bytes = Linear([null, 2, 5, 4]);
        Should
            .Throw<UserErrorException>(() => Open(bytes, Small with { Classes = 10 }).Dispose())
            .Message.ShouldContain("returns 7 logits per image, and the data set has 10 classes");
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused()
    {
        using var nan = _weight.clone();
        nan[3, 3] = float.NaN;
        var bytes = OnnxBuilder.Linear(nan, _bias, [null, 2, 5, 4], out var logits).Bytes(logits);
        Should.Throw<UserErrorException>(() => Open(bytes).Dispose()).Message.ShouldContain("NaN");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static void ShouldBeClose(Tensor actual, Tensor expected, double tolerance) =>
        (actual - expected).abs().max().item<float>().ShouldBeLessThan((float)tolerance);

    private OnnxBuilder Builder(long?[] sizes, out string logits) =>
        OnnxBuilder.Linear(_weight, _bias, sizes, out logits);

    private byte[] Linear(long?[] sizes, int type = 1) =>
        OnnxBuilder.Linear(_weight, _bias, sizes, out var logits, type).Bytes(logits);

    private string Refused(Models.Onnx.ModelProto model) =>
        Should.Throw<UserErrorException>(() => Open(model.ToByteArray()).Dispose()).Message;

    private BaseClassifier Open(byte[] bytes, ModelFit? fit = null, Normalization? normalize = null)
    {
        var path = _folder.File("m.onnx", bytes);
        return ModelLoader.Open(
            path,
            new ModelSpec
            {
                Name = "m",
                File = path,
                Normalize = normalize,
            },
            fit ?? Small,
            CPU,
            Precision.Float32,
            ClassifierRoute.Onnx
        );
    }
}
