using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>Runs a model on images of the shape it will see, once or, where its program is not ours, twice.</summary>
internal static class ModelPreflight
{
    private const string ChannelsLastRemedy =
        "It takes them with the channels last, height × width × channels: export it with x.permute(0, 2, 3, 1) before it.";

    // As many as the comparison of an image in two batches needs, and some more.
    private const int FewRows = 64;

    // From black to white so many times over all rows.
    private const double Laps = 9973;

    private static readonly string[] OtherPrecision = ["dtype", "Double", "double", "Half", "BFloat16"];

    /// <exception cref="UserErrorException">
    /// It does not take the images, does not return a row of logits per image, has another number of classes, or returns NaN or
    /// infinity.
    /// </exception>
    public static void Check(
        BaseClassifier classifier,
        ModelFit fit,
        string shown,
        Precision precision = Precision.Float32
    )
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var shape = fit.Shape;
        var rows = classifier.TakesAnyRows ? Math.Min(FewRows, fit.Rows) : fit.Rows;
        var input = Varied(rows, shape, classifier.Device);
        input[0] = linspace(0, 1, shape.Dimension, device: classifier.Device)
            .reshape(shape.Channels, shape.Height, shape.Width);
        Tensor logits;
        try
        {
            logits = classifier.Logits(input);
        }
        catch (Exception e) when (DeviceFault.IsOutOfMemory(e))
        {
            // Whoever counts will halve its batches, too; a program that is bound to one number of rows cannot run there.
            logits =
                OfHalf(classifier, ref input)
                ?? throw new UserErrorException(
                    $"There is not enough memory on {classifier.Device} for the model '{shown}' and {rows} images of {shape}: {Reason(e)}. Use a "
                        + "device with more memory, run less beside it, or set a smaller execution.batchSize."
                )
                {
                    ExitCode = 1,
                };
            rows = (int)input.shape[0];
        }
        catch (System.Runtime.InteropServices.ExternalException e) when (!DeviceFault.Is(e))
        {
            throw new UserErrorException(
                $"The model '{shown}' does not take images of {shape} (channels × height × width): {Reason(e)}. "
                    + (TakesChannelsLast(classifier, input, fit) ? ChannelsLastRemedy : Remedy(Reason(e), precision)),
                e
            );
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or NotImplementedException)
        {
            // What TorchSharp makes of a script that returns no tensor.
            throw new UserErrorException(
                $"The model '{shown}' returns something other than one tensor: several outputs, a list or a dictionary. Export a classifier "
                    + "that returns its logits alone, one row per image.",
                e
            );
        }

        if (logits.dim() != 2 || logits.shape[0] != rows)
        {
            throw new UserErrorException(
                $"The model '{shown}' returns a tensor of shape [{string.Join(", ", logits.shape)}] for {rows} images; one row of logits "
                    + "per image is needed. Export the classifier itself, without pooling over the batch or a second output."
            );
        }

        if (logits.shape[1] != fit.Classes)
        {
            throw new UserErrorException(
                $"The model '{shown}' returns {logits.shape[1]} {(logits.shape[1] == 1 ? "logit" : "logits")} per image, and the data set has "
                    + $"{fit.Classes} classes. {OtherClasses(logits.shape[1], fit.Classes)}"
            );
        }

        RequireFinite(logits, shown);
        if (classifier is not NativeClassifier)
        {
            RequireAlone(classifier, input, logits[0], shown, precision);
        }
    }

    private static string OtherClasses(long logits, int classes) =>
        logits == 1
            ? "Where its one logit says yes or no, export two: torch.cat([-logit, logit], 1), as there is one vote a class."
        : logits > classes && logits <= DatasetSpec.MostClasses
            ? "Use the data set it was trained on; or, where these images merely lack some of its classes, give the data set "
                + $"'classes: {logits}' in the sweep file, or --classes {logits}, and name or number class folders as the model's classes."
        : "Use the data set it was trained on.";

    // An image must get the same logits wherever it lies in a batch and whatever shares it, or votes would depend on the batch. What
    // shares it goes beyond the image's own values, so that the mean and the extremes of the batch are others, too.
    private static void RequireAlone(
        BaseClassifier classifier,
        Tensor input,
        Tensor first,
        string shown,
        Precision precision
    )
    {
        var others = input.flip([2, 3]).Times(3).Plus(-0.5);
        others[^1] = input[0];
        var logits = classifier.Logits(others);
        var difference = LogitDifference.Between(logits[^1], first);
        var tolerance = precision == Precision.BFloat16 ? 0.05f : 1e-3f;
        if (!(difference <= tolerance * LogitDifference.Scale(first)))
        {
            throw new UserErrorException(
                $"The model '{shown}' answers differently for the same image in another batch (by {difference:G3}): batch norm or dropout was "
                    + "left in training mode, or it looks at the batch as a whole. Call model.eval() before exporting it."
            );
        }
    }

    /// <summary>Refuses logits among which no class is the greatest; minus infinity, as of classes that are masked, is a logit.</summary>
    /// <exception cref="UserErrorException">A row has NaN or infinity, or is minus infinity throughout.</exception>
    public static void RequireFinite(Tensor logits, string shown)
    {
        var wrong = Unanswered(logits).sum().item<long>();
        if (wrong > 0)
        {
            throw new UserErrorException(
                $"The model '{shown}' returns NaN or infinite logits for {wrong} of {logits.shape[0]} images. Its weights are damaged, training "
                    + "diverged, its normalisation is wrong (a standard deviation near 0), or it divides by what is 0 for such images: check the "
                    + "file and 'normalize'."
            );
        }
    }

    /// <summary>The rows whose greatest logit is no number, as Booleans.</summary>
    public static Tensor Unanswered(Tensor logits) => Greatest(logits).isfinite().logical_not();

    /// <summary>The greatest logit of each row; not finite for those that <see cref="RequireFinite"/> refuses.</summary>
    public static Tensor Greatest(Tensor logits) => logits.amax([1]);

    // What a constant image lacks, a model may divide by.
    private static Tensor Varied(int rows, ImageShape shape, Device device) =>
        linspace(0, Laps, (long)rows * shape.Dimension, device: device)
            .frac()
            .reshape(rows, shape.Channels, shape.Height, shape.Width);

    // The logits of the largest half of a half … of a batch that fits into memory; null where none does.
    private static Tensor? OfHalf(BaseClassifier classifier, ref Tensor input)
    {
        while (input.shape[0] > 1)
        {
            input = input.narrow(0, 0, input.shape[0] / 2);
            try
            {
                return classifier.Logits(input);
            }
            catch (Exception e) when (DeviceFault.IsOutOfMemory(e))
            {
                // Half of it again.
            }
            catch (System.Runtime.InteropServices.ExternalException e) when (!DeviceFault.Is(e))
            {
                return null;
            }
        }

        return null;
    }

    private static bool TakesChannelsLast(BaseClassifier classifier, Tensor input, ModelFit fit)
    {
        try
        {
            return classifier.Logits(input.permute(0, 2, 3, 1)).shape.SequenceEqual([input.shape[0], fit.Classes]);
        }
        catch (Exception e) when (e is System.Runtime.InteropServices.ExternalException or ArgumentException)
        {
            return false;
        }
    }

    private static string Remedy(string reason, Precision precision) =>
        Array.Exists(OtherPrecision, word => reason.Contains(word, StringComparison.Ordinal))
            ? precision == Precision.BFloat16
                ? "Its program cannot compute in bfloat16: remove execution.precision."
                : "It computes in another precision than the images' single one: export it with model.float()."
            : reason.Contains("same device", StringComparison.Ordinal)
                ? "Part of it stays on another device: move model and example to the CPU before torch.jit.trace."
                : reason.StartsWith("AssertionError", StringComparison.Ordinal)
                    ? "An assertion of its program fails: images come as a batch of single-precision numbers, pixels in [0,1] plus noise. Export it "
                        + "so that it takes them."
                    : "Use it with the data set it was made for, or another model.";

    // Libtorch reports an error inside a script with a trace; the last line that is not part of it says what is wrong.
    private static string Reason(Exception e)
    {
        var lines = e.Message.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        var error = lines.LastOrDefault(line => line.StartsWith("RuntimeError:", StringComparison.Ordinal)) ?? lines[0];
        return error.Replace("RuntimeError:", "", StringComparison.Ordinal).Trim().TrimEnd('.', ':');
    }
}
