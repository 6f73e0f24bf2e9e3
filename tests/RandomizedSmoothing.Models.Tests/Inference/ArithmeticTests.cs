using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Inference;
using RandomizedSmoothing.Models.Training;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Inference;

public sealed class ArithmeticTests
{
    [Fact]
    public void Rounding_is_that_of_libtorch()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var values = new float[100_003];
        for (var i = 0; i < values.Length; i++)
        {
            var bits = (uint)random.NextInt64(1L << 32);

            // Every third lies in the middle between two numbers of bfloat16.
            values[i] = BitConverter.UInt32BitsToSingle(i % 3 == 0 ? (bits & 0xFFFF0000) | 0x8000 : bits);
        }

        (values[0], values[1], values[2]) = (float.NaN, float.NegativeInfinity, float.MaxValue);
        var expected = tensor(values).to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray();
        BFloat16Rounding.Round(values);
        values.ShouldBe(expected);
    }

    [Fact]
    public void Tensors_are_rounded_in_place_in_any_order_of_dimensions_unless_they_have_gaps()
    {
        using var scope = NewDisposeScope();
        var whole = rand([2, 3, 5, 4], generator: new Generator(1, CPU)).permute(0, 3, 1, 2);
        var expected = whole.to(ScalarType.BFloat16).to(ScalarType.Float32);
        BFloat16Rounding.Round(whole).ShouldBeSameAs(whole);
        whole.Equals(expected).ShouldBeTrue();

        var surroundings = rand([4, 6], generator: new Generator(2, CPU));
        var before = surroundings.clone();
        var part = surroundings.narrow(1, 1, 3);
        var rounded = BFloat16Rounding.Round(part);
        rounded.Equals(part.to(ScalarType.BFloat16).to(ScalarType.Float32)).ShouldBeTrue();
        surroundings.Equals(before).ShouldBeTrue();
    }

    [Theory]
    [InlineData("small-conv", 1, 8)]
    [InlineData("lenet", 3, 32)]
    [InlineData("resnet20", 3, 32)]
    [InlineData("resnet20-a", 3, 32)]
    public void Without_instructions_bfloat16_is_the_same_up_to_the_order_of_sums(string name, int channels, int side)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var single = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.Float32));
        var rounded = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.BFloat16, hasBFloat16: false));
        var native = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.BFloat16, hasBFloat16: true));

        // Where libtorch cannot take the sum along, it rounds once more.
        var share = FusedOperations.Support(ScalarType.BFloat16) ? 0.75 : 1;
        Apart(rounded, native).ShouldBeLessThan(share * Apart(single, native));
    }

    [Theory]
    [InlineData("wrn-16-4", 3, 32)]
    [InlineData("resnet18", 3, 64)]
    [InlineData("resnet50", 3, 64)]
    public void In_deep_networks_too_it_is_no_further_from_the_instructions_than_single_precision(
        string name,
        int channels,
        int side
    )
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var single = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.Float32));
        var rounded = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.BFloat16, hasBFloat16: false));
        var native = Logits(name, channels, side, Arithmetic.Of(CPU, Precision.BFloat16, hasBFloat16: true));
        rounded.Equals(rounded.to(ScalarType.BFloat16).to(ScalarType.Float32)).ShouldBeTrue();
        Apart(rounded, native).ShouldBeLessThan(1.5 * Apart(single, native));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_rounds_once_what_it_leaves(bool adds)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var generator = new Generator(7, CPU);
        var bfloat16 = rand([8, 16, 12, 12], generator: generator).to(ScalarType.BFloat16);
        var input = bfloat16.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var (weight, bias) = (randn([16, 16, 3, 3], generator: generator), randn([16], generator: generator));
        Tensor Layer(bool instructions)
        {
            var arithmetic = Arithmetic.Of(CPU, Precision.BFloat16, instructions);
            using var layer = new FinalConvolution(weight, bias, new(1, 1), arithmetic);
            var x = arithmetic.Convert(input.to(ScalarType.Float32));
            var result = adds ? layer.AddTo(x.clone(), x, relu: true) : layer.Apply(x, relu: true);
            return result.to(ScalarType.Float32);
        }

        var (rounded, native) = (Layer(instructions: false), Layer(instructions: true));
        var differ = rounded.ne(native).to(ScalarType.Float32).mean().item<float>();

        // Where libtorch cannot take the sum along, it rounds the summand and the sum, too.
        differ.ShouldBeLessThan(adds && !FusedOperations.Support(ScalarType.BFloat16) ? 0.2f : 0.01f);
        (rounded - native).abs().max().item<float>().ShouldBeLessThanOrEqualTo(native.max().item<float>() / 128);
    }

    private static double Apart(Tensor a, Tensor b) => (a - b).abs().mean().item<float>();

    private static Tensor Logits(string name, int channels, int side, Arithmetic arithmetic)
    {
        var input = rand([16, channels, side, side], generator: new Generator(3, CPU));
        var network = ArchitectureCatalogue.Build(name, new ImageShape(channels, side, side), 7);
        Keyed.Initialize(network, 5);
        network.train();
        network.forward(input);
        using var classifier = new NativeClassifier(network, null, arithmetic);
        return classifier.Logits(input);
    }
}
