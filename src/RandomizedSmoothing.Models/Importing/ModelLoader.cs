using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Inference;
using RandomizedSmoothing.Models.Onnx;
using RandomizedSmoothing.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>What a base classifier has to fit.</summary>
/// <param name="Shape">Shape of the images.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Rows">Rows of the batches that it will see.</param>
public sealed record ModelFit(ImageShape Shape, int Classes, int Rows);

/// <summary>Opens model files as base classifiers, checking that they fit before any time is spent.</summary>
public static class ModelLoader
{
    /// <summary>
    /// Opens a TorchScript or ONNX file, or a safetensors file for the named architecture, on a device. A program is frozen
    /// where all of it is understood.
    /// </summary>
    /// <param name="path">The file; may be a copy whose name means nothing.</param>
    /// <param name="spec">The model of the sweep file.</param>
    /// <param name="fit">What it has to fit.</param>
    /// <param name="device">Where it shall compute.</param>
    /// <param name="precision">Type of weights and activations.</param>
    /// <param name="route">What has computed its votes so far; null to choose the fastest.</param>
    /// <exception cref="UserErrorException">The file cannot be used; the message names it and the remedy.</exception>
    public static BaseClassifier Open(
        string path,
        ModelSpec spec,
        ModelFit fit,
        Device device,
        Precision precision,
        ClassifierRoute? route = null
    )
    {
        var shown = spec.File ?? path;
        RequireNormalization(spec, fit, shown);
        ModelShards.RequireWhole(shown);
        BaseClassifier classifier = ModelFiles.KindOf(path) switch
        {
            ModelFileKind.TorchScript => OpenScript(path, shown, spec, fit, device, precision, route),
            ModelFileKind.Safetensors => OpenWeights(path, shown, spec, fit, device, precision),
            ModelFileKind.Pickle => throw PickleRefused(shown),
            ModelFileKind.Onnx => OpenOnnx(path, shown, spec, fit, device, precision, route),
            _ => throw new UserErrorException(
                $"'{shown}' is neither TorchScript nor safetensors nor ONNX, or it was cut off. Export the model with "
                    + "torch.jit.trace(model.eval(), example).save('model.ts.pt') and name that file."
            ),
        };
        try
        {
            ModelPreflight.Check(classifier, fit, shown, precision);
            (classifier as ScriptClassifier)?.ReorderFor(fit);
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static BaseClassifier OpenScript(
        string path,
        string shown,
        ModelSpec spec,
        ModelFit fit,
        Device device,
        Precision precision,
        ClassifierRoute? route
    )
    {
        ScriptArchive.Check(path, shown);
        return FrozenOr(
            route,
            shown,
            () => new Freezer(spec, fit, device, precision).Script(path),
            obstacle =>
            {
                try
                {
                    var script = jit.load<Tensor, Tensor>(path, device);
                    return new ScriptClassifier(script, spec.Normalize, device, precision) { Obstacle = obstacle };
                }
                catch (Exception e)
                    when (e is System.Runtime.InteropServices.ExternalException or InvalidOperationException
                        && !DeviceFault.Is(e)
                    )
                {
                    throw new UserErrorException(
                        $"The TorchScript file '{shown}' cannot be loaded ({FirstLine(e)}). It is damaged, or was saved by a newer PyTorch than "
                            + $"libtorch {TorchRuntime.LibtorchVersion}: export it again.",
                        e
                    );
                }
            }
        );
    }

    private static BaseClassifier OpenOnnx(
        string path,
        string shown,
        ModelSpec spec,
        ModelFit fit,
        Device device,
        Precision precision,
        ClassifierRoute? route
    )
    {
        var file = OnnxFile.Read(path, shown);
        return FrozenOr(
            route,
            shown,
            () => new Freezer(spec, fit, device, precision).Onnx(file),
            obstacle =>
                precision == Precision.Float32
                    ? new OnnxClassifier(file, spec.Normalize, fit) { Obstacle = obstacle }
                    : throw new UserErrorException(
                        $"The ONNX model '{shown}' cannot be frozen ({obstacle ?? "and was not when its sweep began"}), and ONNX Runtime computes "
                            + "in the precision that it was exported in. Remove execution.precision, or export the model as TorchScript."
                    )
        );
    }

    // Frozen where it can be, unless its votes so far were the program's own. Earlier versions replaced scripts by networks of
    // the catalogue, which frozen ones are bit for bit.
    private static BaseClassifier FrozenOr(
        ClassifierRoute? route,
        string shown,
        Func<(FrozenClassifier? Classifier, string? Obstacle)> freeze,
        Func<string?, BaseClassifier> program
    )
    {
        if (route is ClassifierRoute.Program or ClassifierRoute.Onnx)
        {
            return program(null);
        }

        var (frozen, obstacle) = freeze();
        return frozen
            ?? (
                route is null
                    ? program(obstacle)
                    : throw new UserErrorException(
                        $"The model '{shown}' was frozen when its sweep began, and cannot be here ({obstacle}). Nodes of one cluster have to be of "
                            + "one version: update this one, and go on with the sweep."
                    )
            );
    }

    private static NativeClassifier OpenWeights(
        string path,
        string shown,
        ModelSpec spec,
        ModelFit fit,
        Device device,
        Precision precision
    )
    {
        var file = SafetensorsFile.Read(path);
        var name = spec.Architecture ?? file.Metadata.GetValueOrDefault("architecture");
        if (name is null)
        {
            throw new UserErrorException(
                $"'{shown}' holds weights without a program. Name the architecture they belong to: one of "
                    + $"{string.Join(", ", ArchitectureCatalogue.All.Select(a => a.Name))}."
            );
        }

        var mapping = new StateMapping(file, ArchitectureCatalogue.Get(name));
        if (mapping.Normalization is { } inside && spec.Normalize is not null)
        {
            throw new UserErrorException(
                $"'{shown}' holds its own normalisation (mean {string.Join(", ", inside.Mean)}), and the model {spec.Name} gives another. "
                    + "Images would be normalised twice: remove 'normalize'."
            );
        }

        return new NativeClassifier(
            mapping.Build(fit),
            mapping.Normalization ?? spec.Normalize,
            Arithmetic.Of(device, precision)
        );
    }

    private static void RequireNormalization(ModelSpec spec, ModelFit fit, string shown)
    {
        if (spec.Normalize is not { } given)
        {
            return;
        }

        var lengths = new[] { given.Mean.Count, given.Std.Count };
        if (lengths.Any(length => length != 1 && length != fit.Shape.Channels))
        {
            throw new UserErrorException(
                $"The normalisation of the model {spec.Name} ('{shown}') has {given.Mean.Count} means and {given.Std.Count} standard "
                    + $"deviations; the images have {fit.Shape.Channels} channels. Give one number per channel."
            );
        }

        if (given.Std.Any(s => !(s > 0) || !double.IsFinite(s)) || given.Mean.Any(m => !double.IsFinite(m)))
        {
            throw new UserErrorException(
                $"The normalisation of the model {spec.Name} ('{shown}') needs finite means and positive standard deviations, in [0,1] "
                    + "pixel units."
            );
        }
    }

    // Checkpoints keep the weights under a name or bare, and pickled networks have them inside.
    private static UserErrorException PickleRefused(string shown) =>
        new(
            $"'{shown}' is a PyTorch pickle, which can run any program when it is opened, so it is refused. Convert it where you trust it, "
                + "in Python with the package safetensors, and name the new file:\n"
                + "    import torch; from safetensors.torch import save_file\n"
                + $"    s = torch.load({Quoted(shown)}, map_location=\"cpu\"); "
                + "s = next((s[k] for k in (\"state_dict\", \"model\", \"net\") if isinstance(s, dict) and k in s), s)\n"
                + "    save_file({k: v.clone().contiguous() for k, v in getattr(s, \"state_dict\", lambda: s)().items() "
                + $"if torch.is_tensor(v)}}, {Quoted(Converted(shown))})\n"
                + "Then give, in a model.yaml beside it, the architecture and, where the weights hold none, the normalisation. A whole "
                + "network in the pickle needs its Python classes and, since PyTorch 2.6, weights_only=False; better save it as a program: "
                + "torch.jit.trace(model.eval(), example).save(\"model.ts.pt\")."
        );

    private static string Converted(string path) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", ModelDescriptions.NameOf(path) + ".safetensors");

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    internal static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim().TrimEnd('.');
}
