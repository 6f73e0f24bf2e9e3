using System.Runtime.InteropServices;
using RandomizedSmoothing.Models.Inference;
using RandomizedSmoothing.Models.Inference.Winograd;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Tests.Inference;

public sealed unsafe class WinogradTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Convolutions_of_any_shape_are_those_of_double_precision(bool wide)
    {
        var random = new Random(wide ? 1 : 2);
        for (var i = 0; i < 150; i++)
        {
            using var scope = NewDisposeScope();
            var layer = Layer.Random(random);
            var after = new Epilogue(random.Next(2) == 0, Rounds: false);
            var adds = random.Next(2) == 0;
            var exact = layer.Exact(adds, after.Relu);
            var found = layer.Compute(wide, adds, after);
            var apart = (found.to(ScalarType.Float64) - exact).abs().max().item<double>();
            apart.ShouldBeLessThan(4e-6 * exact.abs().max().item<double>() + 1e-6, layer.ToString());
        }
    }

    [Fact]
    public void Its_error_is_a_few_times_that_of_libtorch()
    {
        using var scope = NewDisposeScope();
        var layer = new Layer(new WinogradShape(8, 32, 32, (1, 1)), 64, 64, 5);
        var exact = layer.Exact(adds: false, relu: false);
        var plain = functional.conv2d(layer.Input, layer.Weight, layer.Bias, padding: [1, 1]);
        double Error(Tensor found) => (found.to(ScalarType.Float64) - exact).pow(2).mean().sqrt().item<double>();
        Error(layer.Compute(wide: null, adds: false, default)).ShouldBeLessThan(6 * Error(plain));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_image_has_the_same_bits_whatever_is_computed_with_it(bool wide)
    {
        using var scope = NewDisposeScope();
        var layer = new Layer(new WinogradShape(37, 9, 14, (1, 1)), 48, 32, 6);
        var together = layer.Compute(wide, adds: true, new Epilogue(Relu: true, Rounds: true));
        foreach (var image in new[] { 0, 17, 36 })
        {
            var alone = layer.Part(image, 1).Compute(wide, adds: true, new Epilogue(Relu: true, Rounds: true));
            alone.Equals(together.narrow(0, image, 1)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Registers_of_both_widths_give_the_same_bits()
    {
        using var scope = NewDisposeScope();
        foreach (var (channels, outputs) in new[] { (16, 16), (32, 48), (64, 64) })
        {
            var layer = new Layer(new WinogradShape(5, 8, 8, (1, 1)), channels, outputs, 7);
            var narrow = layer.Compute(wide: false, adds: false, default);
            layer.Compute(wide: true, adds: false, default).Equals(narrow).ShouldBeTrue();
        }
    }

    [Fact]
    public void What_is_left_is_rounded_to_bfloat16_once()
    {
        using var scope = NewDisposeScope();
        var layer = new Layer(new WinogradShape(4, 12, 12, (1, 1)), 32, 32, 8);
        var single = layer.Compute(wide: null, adds: true, new Epilogue(Relu: true, Rounds: false));
        var rounded = layer.Compute(wide: null, adds: true, new Epilogue(Relu: true, Rounds: true));
        rounded.Equals(single.to(ScalarType.BFloat16).to(ScalarType.Float32)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_no_number_stays_none_and_in_its_image()
    {
        using var scope = NewDisposeScope();
        var layer = new Layer(new WinogradShape(3, 8, 8, (1, 1)), 16, 16, 9);
        layer.Input[1, 3, 4, 4] = float.NaN;
        var found = layer.Compute(wide: null, adds: false, new Epilogue(Relu: true, Rounds: true));
        found[1, .., 4, 4].isnan().all().item<bool>().ShouldBeTrue();
        found[0].isnan().any().item<bool>().ShouldBeFalse();
        found[2].isnan().any().item<bool>().ShouldBeFalse();
    }

    [Fact]
    public void The_sum_is_overwritten_only_where_it_may_be()
    {
        using var scope = NewDisposeScope();
        var layer = new Layer(new WinogradShape(2, 8, 8, (1, 1)), 16, 16, 10);
        using var convolution = new WinogradConvolution(layer.Weight, layer.Bias, new(1, 1));
        var (kept, given) = (layer.Sum.clone(), layer.Sum.clone());
        var added = convolution.Apply(layer.Input, kept, overwrites: false, default);
        kept.Equals(layer.Sum).ShouldBeTrue();
        var inPlace = convolution.Apply(layer.Input, given, overwrites: true, default);
        inPlace.Equals(added).ShouldBeTrue();
        given.Equals(added).ShouldBeTrue();

        var other = layer.Sum.narrow(0, 0, 1);
        Should
            .Throw<ExternalException>(() => convolution.Apply(layer.Input, other, overwrites: false, default))
            .Message.ShouldContain("2×16×8×8");
    }

    [Fact]
    public void Only_what_pays_is_computed_so()
    {
        using var scope = NewDisposeScope();
        var weight = rand(16, 16, 3, 3);
        WinogradConvolution
            .Fits(weight, new(1, 1))
            .ShouldBe(System.Runtime.Intrinsics.X86.Avx2.IsSupported && TensorMemory.IsKnown);
        WinogradConvolution.Fits(weight, new(2, 1)).ShouldBeFalse();
        WinogradConvolution.Fits(weight, new(1, 3)).ShouldBeFalse();
        WinogradConvolution.Fits(rand(16, 3, 3, 3), new(1, 1)).ShouldBeFalse();
        WinogradConvolution.Fits(rand(16, 16, 5, 5), new(1, 2)).ShouldBeFalse();
        WinogradConvolution.Fits(weight.to(ScalarType.BFloat16), new(1, 1)).ShouldBeFalse();

        using var convolution = new WinogradConvolution(weight, null, new(1, 1));
        convolution.Suits(rand(2, 16, 8, 8)).ShouldBeTrue();
        convolution.Suits(rand(2, 16, 2, 2)).ShouldBeFalse();
        convolution.Suits(rand(2, 32, 8, 8)).ShouldBeFalse();
        convolution.Suits(rand([2, 16, 8, 8], ScalarType.Float64)).ShouldBeFalse();
        using var unpadded = new WinogradConvolution(weight, null, new(1, 0));
        unpadded.Suits(rand(2, 16, 2, 2)).ShouldBeFalse();
        unpadded.Suits(rand(2, 16, 1, 8)).ShouldBeFalse();
    }

    [Fact]
    public void Transformed_weights_are_shared_and_freed_by_the_last()
    {
        var random = new Random(11);
        var weights = Enumerable.Range(0, 16 * 16 * 9).Select(_ => random.NextSingle()).ToArray();
        var first = new WinogradWeights(weights, 16, 16);
        var second = new WinogradWeights(weights, 16, 16);
        ((nint)second.Pointer).ShouldBe((nint)first.Pointer);
        var before = first.Pointer[77];
        first.Dispose();
        first.Dispose();
        second.Pointer[77].ShouldBe(before);
        second.Dispose();
        ((nint)second.Pointer).ShouldBe(0);
        using var third = new WinogradWeights(weights, 16, 16);
        third.Pointer[77].ShouldBe(before);
    }

    private sealed class Layer
    {
        private readonly WinogradShape _shape;

        public Layer(WinogradShape shape, int channels, int outputs, int seed)
        {
            _shape = shape;
            var generator = new Generator((ulong)seed, CPU);
            Tensor Images(int channels, int height, int width) =>
                randn([shape.Images, height, width, channels], generator: generator).permute(0, 3, 1, 2);
            Input = Images(channels, shape.Height, shape.Width);
            Sum = Images(outputs, shape.ResultHeight, shape.ResultWidth);
            Weight = randn([outputs, channels, 3, 3], generator: generator);
            Bias = randn([outputs], generator: generator);
        }

        private Layer(Layer whole, int from, int count)
        {
            _shape = whole._shape with { Images = count };
            (Input, Sum) = (whole.Input.narrow(0, from, count), whole.Sum.narrow(0, from, count));
            (Weight, Bias) = (whole.Weight, whole.Bias);
        }

        public Tensor Input { get; }

        public Tensor Sum { get; }

        public Tensor Weight { get; }

        public Tensor Bias { get; }

        public static Layer Random(Random random)
        {
            var padding = (random.Next(3), random.Next(3));
            var (height, width) = (random.Next(3, 21), random.Next(3, 21));
            var shape = new WinogradShape(random.Next(1, 6), height, width, padding);
            return new Layer(shape, 16 * random.Next(1, 5), 16 * random.Next(1, 6), random.Next());
        }

        public Layer Part(int from, int count) => new(this, from, count);

        public Tensor Exact(bool adds, bool relu)
        {
            Tensor Double(Tensor tensor) => tensor.to(ScalarType.Float64);
            var found = functional.conv2d(
                Double(Input),
                Double(Weight),
                Double(Bias),
                padding: [_shape.Padding.Y, _shape.Padding.X]
            );
            found = adds ? found + Double(Sum) : found;
            return relu ? found.relu() : found;
        }

        public Tensor Compute(bool? wide, bool adds, Epilogue after)
        {
            var (outputs, channels) = ((int)Weight.shape[0], (int)Weight.shape[1]);
            var (weights, bias) = (Weight.data<float>().ToArray(), Bias.data<float>().ToArray());
            using var kernel = new WinogradKernel(weights, bias, outputs, channels, wide);
            var images = Input.permute(0, 2, 3, 1).contiguous();
            var sum = Sum.permute(0, 2, 3, 1).contiguous();
            var result = full([_shape.Images, _shape.ResultHeight, _shape.ResultWidth, outputs], float.NaN);
            var added = adds ? TensorMemory.Of(sum) : null;
            kernel.Apply(TensorMemory.Of(images), _shape, added, TensorMemory.Of(result), after);
            return result.permute(0, 3, 1, 2);
        }

        public override string ToString() => $"{_shape}, {Weight.shape[1]} → {Weight.shape[0]}";
    }
}
