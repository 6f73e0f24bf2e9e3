using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>
/// A base classifier that ONNX Runtime computes, on the processor and on one thread whatever the device: the same sums in the
/// same order everywhere. A file for a fixed number of images is given batches of that number.
/// </summary>
internal sealed class OnnxClassifier : BaseClassifier
{
    private static readonly Lazy<OrtEnv> Environment = new(() =>
    {
        var options = new EnvironmentCreationOptions
        {
            logId = "rsmooth",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        return OrtEnv.CreateInstanceWithOptions(ref options);
    });

    private readonly InferenceSession _session;
    private readonly OnnxFile _file;
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Opens a checked file.</summary>
    /// <exception cref="UserErrorException">ONNX Runtime does not take it.</exception>
    public OnnxClassifier(OnnxFile file, Normalization? normalization, ModelFit fit)
        : base(normalization, CPU)
    {
        _file = file;
        Require(file, fit);
        try
        {
            _ = Environment.Value;
            using var options = new SessionOptions
            {
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            _session = new InferenceSession(file.Bytes, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new UserErrorException(
                $"ONNX Runtime {RuntimeVersion} cannot open '{file.Path}' (operator set {file.Opset}, written by "
                    + $"{(file.Producer.Length == 0 ? "an unnamed program" : file.Producer)}): {Reason(e)}. "
                    + (
                        file.Input.Type == ScalarType.Float64
                            ? "It computes in double precision, for which few operators exist: export it with model.float()."
                            : "Export it again; torch.onnx.export(…, opset_version=17) gives a file that every version reads."
                    ),
                e
            );
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw new UserErrorException(
                $"ONNX Runtime cannot be loaded on this machine ({ModelLoader.FirstLine(e.GetBaseException())}). Use TorchScript or safetensors "
                    + $"instead of '{file.Path}'.",
                e
            )
            {
                ExitCode = 1,
            };
        }
    }

    /// <inheritdoc />
    public override ClassifierRoute Route => ClassifierRoute.Onnx;

    /// <summary>Version of ONNX Runtime.</summary>
    public static string RuntimeVersion => Environment.Value.GetVersionString();

    /// <inheritdoc />
    protected override Tensor Compute(Tensor input)
    {
        var x = input.to(_file.Input.Type).contiguous();
        if (_file.Input.FixedRows is not { } fixedRows || fixedRows == x.shape[0])
        {
            return Run(x);
        }

        // The last of several batches is filled up with grey images, whose logits are dropped.
        var missing = (fixedRows - x.shape[0] % fixedRows) % fixedRows;
        var filled = missing == 0 ? x : cat([x, zeros([missing, .. x.shape[1..]], x.dtype)], 0);
        var parts = filled.split(fixedRows, 0).Select(part => Run(part.contiguous())).ToArray();
        return cat(parts, 0).narrow(0, 0, x.shape[0]);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _run.Dispose();
        _session.Dispose();
    }

    private unsafe Tensor Run(Tensor batch)
    {
        try
        {
            fixed (byte* pixels = batch.bytes)
            {
                using var value = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance,
                    ElementType(batch.dtype),
                    batch.shape,
                    (nint)pixels,
                    batch.bytes.Length
                );
                using var outputs = _session.Run(_run, [_file.Input.Name], [value], [_file.Output.Name]);
                return Copy(outputs[0]);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ExternalException(Reason(e), e);
        }
    }

    private static Tensor Copy(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var type = info.ElementDataType switch
        {
            TensorElementType.Float => ScalarType.Float32,
            TensorElementType.Float16 => ScalarType.Float16,
            TensorElementType.BFloat16 => ScalarType.BFloat16,
            TensorElementType.Double => ScalarType.Float64,
            var other => throw new ExternalException($"it returns {other} instead of floating-point numbers"),
        };
        var tensor = empty(info.Shape, type);
        value.GetTensorMutableRawData().CopyTo(tensor.bytes);
        return tensor.to(ScalarType.Float32);
    }

    private static TensorElementType ElementType(ScalarType type) =>
        type switch
        {
            ScalarType.Float16 => TensorElementType.Float16,
            ScalarType.BFloat16 => TensorElementType.BFloat16,
            ScalarType.Float64 => TensorElementType.Double,
            _ => TensorElementType.Float,
        };

    private static void Require(OnnxFile file, ModelFit fit)
    {
        long[] images = [fit.Shape.Channels, fit.Shape.Height, fit.Shape.Width];
        var sizes = file.Input.Sizes;
        if (
            sizes.Count > 0
            && (sizes.Count != 4 || sizes.Skip(1).Zip(images).Any(p => p.First is { } s && s != p.Second))
        )
        {
            throw new UserErrorException(
                $"The ONNX model '{file.Path}' takes {file.Input.SizesText}, and the images are N × {fit.Shape} (channels × height × width). Use "
                    + "it with the data set it was made for, or export it for these images."
            );
        }
    }

    // Its messages begin with an error code in brackets and a place in its sources.
    private static string Reason(Exception e)
    {
        var line = ModelLoader.FirstLine(e);
        var start = line.StartsWith('[') ? line.IndexOf(']') + 1 : 0;
        var text = line[start..].Trim();
        return text.Length > 400 ? text[..400] + " …" : text;
    }
}
