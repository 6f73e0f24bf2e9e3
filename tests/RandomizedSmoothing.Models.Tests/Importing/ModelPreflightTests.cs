using System.Runtime.InteropServices;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Tests.Importing;

/// <summary>What is the model's fault, and what the machine's.</summary>
public sealed class ModelPreflightTests
{
    private static readonly ModelFit Fit = new(new ImageShape(1, 8, 8), 10, 1000);

    [Fact]
    public void A_batch_that_does_not_fit_into_memory_is_halved_until_it_does()
    {
        using var model = new Model("CUDA out of memory. Tried to allocate 2.00 GiB", most: 200);
        ModelPreflight.Check(model, Fit, "model");
        model.Sizes.ShouldBe([1000, 500, 250, 125, 125]);
    }

    [Theory]
    [InlineData("CUDA error: an illegal memory access was encountered", 0)]
    [InlineData("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", 0)]
    public void The_fault_of_a_device_is_not_called_the_model_s(string message, int most)
    {
        using var model = new Model(message, most);
        Should.Throw<ExternalException>(() => ModelPreflight.Check(model, Fit, "model")).Message.ShouldBe(message);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(999, "shape '[1000, 64]' is invalid for input of size 500")]
    public void Where_nothing_fits_the_machine_lacks_memory(int most, string? otherwise)
    {
        using var model = new Model("CUDA out of memory", most, otherwise);
        var error = Should.Throw<UserErrorException>(() => ModelPreflight.Check(model, Fit, "model"));
        error.Message.ShouldStartWith(
            "There is not enough memory on cpu for the model 'model' and 1000 images of 1×8×8:"
        );
        error.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void Other_errors_are_the_model_s() =>
        Should
            .Throw<UserErrorException>(() =>
            {
                using var model = new Model("mat1 and mat2 shapes cannot be multiplied", 0);
                ModelPreflight.Check(model, Fit, "model");
            })
            .Message.ShouldContain("does not take images of 1×8×8");

    [Fact]
    public void A_model_that_takes_any_rows_is_tried_with_few()
    {
        using var model = new Model("", int.MaxValue, any: true);
        ModelPreflight.Check(model, Fit, "model");
        model.Sizes.ShouldAllBe(rows => rows <= 64);
    }

    [Fact]
    public void A_model_that_looks_at_the_batch_as_a_whole_is_refused()
    {
        Refuses(x => x.sub(x.min()).div(x.max().sub(x.min())));
        Refuses(x => x.sub(x.mean()));
        Refuses(x => x.add(x.narrow(0, 0, 1)));
        Refuses(x => x.div(x.amax([0], keepdim: true).clamp_min(1)));
    }

    [Fact]
    public void A_model_that_standardises_each_image_or_masks_classes_is_taken()
    {
        Takes(x => x.sub(x.mean([1, 2, 3], keepdim: true)).div(x.std([1, 2, 3], keepdim: true)));
        Takes(x => x.index_fill(3, tensor(new long[] { 5, 6 }), float.NegativeInfinity));
    }

    [Fact]
    public void A_model_that_tells_no_class_is_refused()
    {
        Refuses(x => x.mul(float.NaN), "for 64 of 64 images");
        Refuses(x => x.add(float.PositiveInfinity), "NaN or infinite");
        Refuses(x => x.sub(float.PositiveInfinity), "NaN or infinite");
    }

    [Fact]
    public void A_model_that_draws_random_numbers_is_refused_however_small_its_answers_are() =>
        Refuses(x => functional.dropout(x, 0.5, training: true).mul(1e-4));

    [Fact]
    public void Single_precision_is_single_precision_on_every_device()
    {
        TorchRuntime.PrepareThread();
        backends.cudnn.allow_tf32.ShouldBeFalse();
        backends.cuda.matmul.allow_tf32.ShouldBeFalse();
    }

    private static void Takes(Func<Tensor, Tensor> prepares)
    {
        using var model = new Prepared(prepares);
        ModelPreflight.Check(model, Fit with { Rows = 64 }, "model");
    }

    private static void Refuses(
        Func<Tensor, Tensor> prepares,
        string expected = "answers differently for the same image in another batch"
    )
    {
        using var model = new Prepared(prepares);
        Should
            .Throw<UserErrorException>(() => ModelPreflight.Check(model, Fit with { Rows = 64 }, "model"))
            .Message.ShouldContain(expected);
    }

    /// <summary>The first ten pixels of what is made of the images.</summary>
    private sealed class Prepared(Func<Tensor, Tensor> prepares) : BaseClassifier(null, CPU)
    {
        public override ClassifierRoute Route => ClassifierRoute.Program;

        protected override Tensor Compute(Tensor input) => prepares(input).flatten(1).narrow(1, 20, 10);
    }

    /// <summary>Fails on batches of more rows than <paramref name="most"/>, and otherwise if there is another message.</summary>
    private sealed class Model(string message, int most, string? otherwise = null, bool any = false)
        : BaseClassifier(null, CPU)
    {
        public List<int> Sizes { get; } = [];

        public override ClassifierRoute Route => ClassifierRoute.Program;

        public override bool TakesAnyRows => any;

        protected override Tensor Compute(Tensor input)
        {
            Sizes.Add((int)input.shape[0]);
            return input.shape[0] > most ? throw new ExternalException(message)
                : otherwise is not null ? throw new ExternalException(otherwise)
                : input.mean([1, 2, 3]).reshape(-1, 1).expand(-1, 10);
        }
    }
}
