using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Preflight;
using RandomizedSmoothing.Models.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Preflight;

public sealed class ModelProbeTests : IDisposable
{
    private static readonly ImageDataset Digits = EmbeddedDigits.Load("test");
    private static readonly DatasetReference Reference = DatasetCatalogue.Describe(
        Digits,
        new DatasetSpec { Name = "digits" }
    );
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void A_sound_model_gives_no_cause_for_complaint()
    {
        using var classifier = Templates(scale: 1);
        var result = Probe(classifier, ("gaussian", 0.25), ("laplace", 0.5), ("gaussian", 0));
        result.Clean.Of.ShouldBe(64);
        result.Clean.Value.ShouldBeGreaterThan(0.8);
        result.Clean.IsNearChance(10).ShouldBeFalse();
        result.Better.ShouldBeNull();
        result.Noisy.Select(n => (n.Noise, n.Sigma)).ShouldBe([("gaussian", 0.25), ("laplace", 0.5)]);
        result.Noisy[0].Draws.Of.ShouldBe(256);
        result.Noisy[0].Draws.Value.ShouldBeInRange(0.5, 1);
        result.DrawsPerSecond.ShouldBeGreaterThan(10);
        var again = Probe(classifier, ("gaussian", 0.25));
        again.Noisy[0].ShouldBe(result.Noisy[0]);
    }

    [Fact]
    public void Images_for_which_it_tells_no_class_are_counted_and_none_of_the_padding()
    {
        // Whether pixel (0, 4) is bright: divides by 0 where it is not.
        using var classifier = new Divided(image => image.narrow(1, 4, 1).ge(0.5).to(ScalarType.Float32));
        var dark = Enumerable.Range(0, Reference.Count).Where(i => Digits.Image(i)[4] < 128).ToHashSet();
        var result = new ModelProbe(classifier, Digits, Reference, 50, TimeProvider.System).Run([], false, default);
        var looked = Enumerable.Range(0, 64).Select(i => (int)((long)i * Reference.Count / 64));
        result.Unanswered.ShouldBe(looked.Where(dark.Contains));
        result.Unanswered.Count.ShouldBeInRange(1, 63);
        result.Clean.Right.ShouldBeLessThanOrEqualTo(64 - result.Unanswered.Count);
    }

    [Fact]
    public void A_model_that_wants_pixels_up_to_255_is_recognised()
    {
        using var classifier = Templates(255);
        var result = Probe(classifier);
        result.Better.ShouldNotBeNull().Reading.Name.ShouldBe("pixels in 0…255");
        result.Better.Right.Value.ShouldBeGreaterThan(0.8);
        using var mended = Templates(255, result.Better.Reading.Normalization);
        Probe(mended).Better.ShouldBeNull();
    }

    [Fact]
    public void A_normalisation_that_should_not_be_there_is_recognised()
    {
        using var classifier = Templates(1, new Normalization([-1], [0.02]));
        Probe(classifier).Better.ShouldNotBeNull().Reading.Normalization.ShouldBeNull();
    }

    [Fact]
    public void A_model_that_knows_nothing_is_near_chance()
    {
        using var weight = zeros(10, 64);
        using var bias = arange(10, dtype: ScalarType.Float32);
        var builder = OnnxBuilder.Linear(weight, bias, [null, 1, 8, 8], out var logits);
        using var classifier = Open(builder.Bytes(logits));
        var result = Probe(classifier, ("gaussian", 0.25));
        result.Clean.IsNearChance(10).ShouldBeTrue();
        result.Noisy[0].Voted.IsNearChance(10).ShouldBeTrue();
        result.Better.ShouldBeNull();
    }

    [Fact]
    public void A_model_that_looks_at_its_neighbours_is_refused()
    {
        var b = new OnnxBuilder([null, 1, 8, 8]);
        var centred = b.Add("Sub", [b.Images, b.Add("ReduceMean", [b.Images], ("axes", new[] { 0L }))]);
        var logits = b.Linear(b.Add("Flatten", [centred], ("axis", 1L)), rand(10, 64), rand(10));
        Should.Throw<UserErrorException>(() => Open(b.Bytes(logits)).Dispose()).Message.ShouldContain("model.eval()");
    }

    [SkippableFact]
    public void A_double_precision_script_is_refused_with_the_remedy()
    {
        var file = TestFolders.RequireShared("models", "convex_mnist_0.1.ts.pt");
        var path = Path.Combine(_folder.Path, "double.ts.pt");
        using (var script = jit.load<Tensor, Tensor>(file))
        {
            script.to(ScalarType.Float64);
            jit.save(script, path);
        }

        Should
            .Throw<UserErrorException>(() => Open(path, new ModelFit(new ImageShape(1, 28, 28), 10, 4)).Dispose())
            .Message.ShouldContain("model.float()");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static ProbeResult Probe(BaseClassifier classifier, params (string, double)[] noises) =>
        new ModelProbe(classifier, Digits, Reference, 48, Quick()).Run(noises, true, CancellationToken.None);

    // A probe that had no time left would look at less.
    private static FakeTimeProvider Quick() => new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    /// <summary>Nearest mean of a class, as a linear network that wants pixels scaled.</summary>
    private BaseClassifier Templates(double scale, Normalization? normalize = null)
    {
        var train = EmbeddedDigits.Load("train");
        var sums = new double[10, 64];
        var counts = new int[10];
        for (var i = 0; i < train.Count; i++)
        {
            counts[train.Labels[i]]++;
            for (var j = 0; j < 64; j++)
            {
                sums[train.Labels[i], j] += train.Image(i)[j] / 255.0;
            }
        }

        var (weight, bias) = (new float[640], new float[10]);
        for (var label = 0; label < 10; label++)
        {
            for (var j = 0; j < 64; j++)
            {
                var mean = scale * sums[label, j] / counts[label];
                weight[label * 64 + j] = (float)mean;
                bias[label] -= (float)(mean * mean / 2);
            }
        }

        var builder = OnnxBuilder.Linear(tensor(weight, [10, 64]), tensor(bias), [null, 1, 8, 8], out var logits);
        return Open(builder.Bytes(logits), normalize);
    }

    private BaseClassifier Open(byte[] bytes, Normalization? normalize = null) =>
        Open(_folder.File("m.onnx", bytes), new ModelFit(Reference.Shape, 10, 48), normalize);

    private static BaseClassifier Open(string path, ModelFit fit, Normalization? normalize = null) =>
        ModelLoader.Open(
            path,
            new ModelSpec
            {
                Name = "m",
                File = path,
                Normalize = normalize,
            },
            fit,
            CPU,
            Precision.Float32
        );

    /// <summary>The first ten pixels over something of the image.</summary>
    private sealed class Divided(Func<Tensor, Tensor> divisor) : BaseClassifier(null, CPU)
    {
        public override ClassifierRoute Route => ClassifierRoute.Program;

        protected override Tensor Compute(Tensor input) =>
            input.flatten(1).narrow(1, 0, 10).add(1).div(divisor(input.flatten(1)));
    }
}
