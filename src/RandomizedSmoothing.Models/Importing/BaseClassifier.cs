using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Inference;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.jit;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// The f of the formulas, on one device: images in, logits out. Belongs to one thread. What it returns lives in the caller's
/// dispose scope.
/// </summary>
public abstract class BaseClassifier : IDisposable
{
    private readonly NormalizeLayer? _normalize;

    private protected BaseClassifier(Normalization? normalization, Device device)
    {
        (Device, Normalization) = (device, normalization);
        _normalize = normalization is null ? null : new NormalizeLayer(normalization, device);
    }

    /// <summary>The device it computes on, which need not be the one that was asked for: ask it before sending images.</summary>
    public Device Device { get; }

    /// <summary>What it does to pixels in [0,1] first; null for nothing, or nothing that can be seen from outside.</summary>
    public Normalization? Normalization { get; }

    /// <summary>What computes.</summary>
    public abstract ClassifierRoute Route { get; }

    /// <summary>Whether any number of rows makes a batch for it: a program may be bound to the one it was exported with.</summary>
    public virtual bool TakesAnyRows => false;

    /// <summary>Of a program that is not frozen: why, in a few words; null where nobody tried.</summary>
    public string? Obstacle { get; init; }

    /// <summary>The logits of a batch.</summary>
    /// <param name="input">N × C × H × W floats on <see cref="Device"/>, pixels in [0,1] plus noise, not normalised.</param>
    /// <returns>N × classes, single precision.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The runtime refuses the batch.</exception>
    public Tensor Logits(Tensor input) => Compute(_normalize?.Apply(input) ?? input);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The logits of a batch that is normalised.</summary>
    protected abstract Tensor Compute(Tensor input);

    /// <summary>Frees weights.</summary>
    protected virtual void Dispose(bool disposing) => _normalize?.Dispose();
}

/// <summary>(x − mean) / std per channel as two tensors.</summary>
internal sealed class NormalizeLayer : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _std;

    public NormalizeLayer(Normalization normalization, Device device)
    {
        _mean = Row(normalization.Mean, device);
        _std = Row(normalization.Std, device);
    }

    public Tensor Apply(Tensor input) => input.sub(_mean).div_(_std);

    public void Dispose()
    {
        _mean.Dispose();
        _std.Dispose();
    }

    private static Tensor Row(IReadOnlyList<double> values, Device device) =>
        tensor(values.Select(v => (float)v).ToArray(), [1, values.Count, 1, 1], device: device)
            .DetachFromDisposeScope();
}

/// <summary>A network of the catalogue with its weights.</summary>
internal sealed class NativeClassifier : BaseClassifier
{
    private readonly Module<Tensor, Tensor> _network;
    private readonly Arithmetic _arithmetic;

    /// <summary>Takes over a network on the CPU whose weights are final.</summary>
    public NativeClassifier(Module<Tensor, Tensor> network, Normalization? normalization, Arithmetic arithmetic)
        : base(normalization, arithmetic.Device)
    {
        _arithmetic = arithmetic;
        network.eval();
        (network as IFoldable)?.Fold(arithmetic);
        _network = arithmetic.Take(network);
    }

    public override ClassifierRoute Route => ClassifierRoute.Network;

    public override bool TakesAnyRows => true;

    protected override Tensor Compute(Tensor input) =>
        _arithmetic.IsSingle
            ? _network.forward(input)
            : _network.forward(_arithmetic.Convert(input)).to(ScalarType.Float32);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _network.Dispose();
    }
}

/// <summary>A TorchScript program with its weights.</summary>
internal sealed class ScriptClassifier : BaseClassifier
{
    private readonly ScriptModule<Tensor, Tensor> _script;
    private readonly ScalarType _type;

    /// <summary>Takes over a script on its device.</summary>
    public ScriptClassifier(
        ScriptModule<Tensor, Tensor> script,
        Normalization? normalization,
        Device device,
        Precision precision
    )
        : base(normalization, device)
    {
        _type = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        _script = script;
        _script.eval();
        if (_type != ScalarType.Float32)
        {
            ConvertNumbers();
        }
    }

    public override ClassifierRoute Route => ClassifierRoute.Program;

    /// <summary>A script on the processor in single precision, for others to be compared with.</summary>
    public static ScriptClassifier Reference(string path, Normalization? normalization) =>
        new(jit.load<Tensor, Tensor>(path, CPU), normalization, CPU, Precision.Float32);

    /// <summary>
    /// Reorders the weights of convolutions to channels last, oneDNN's and cuDNN's fast order, unless the program cannot live with
    /// it (a view of a feature map) or then answers otherwise. Depends on the program alone, as votes must.
    /// </summary>
    public void ReorderFor(ModelFit fit)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var shape = fit.Shape;
        var input = linspace(0, 1, (long)fit.Rows * shape.Dimension, device: Device)
            .reshape(fit.Rows, shape.Channels, shape.Height, shape.Width);
        var expected = Logits(input);
        var kernels = _script.parameters().Where(p => p.dim() == 4).ToList();
        kernels.ForEach(kernel => kernel.set_(kernel.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)));
        if (!Answers(input, expected))
        {
            kernels.ForEach(kernel => kernel.set_(kernel.contiguous()));
        }
    }

    // libtorch converts every tensor of a program. Tables of indices and masks are no numbers to compute with, and stay.
    private void ConvertNumbers()
    {
        using var scope = NewDisposeScope();
        var kept = _script
            .named_buffers()
            .Where(buffer => !buffer.buffer.is_floating_point())
            .Select(buffer => (buffer.name, value: buffer.buffer.clone()))
            .ToList();
        _script.to(_type);
        var modules = _script.named_modules().ToDictionary(child => child.name, child => (ScriptModule)child.module);
        foreach (var (name, value) in kept)
        {
            var dot = name.LastIndexOf('.');
            var owner = dot < 0 ? _script : modules[name[..dot]];
            owner.set_attribute(name[(dot + 1)..], value);
        }
    }

    protected override Tensor Compute(Tensor input) =>
        _script.forward(_type == ScalarType.Float32 ? input : input.to(_type)).to(ScalarType.Float32);

    // The same up to the rounding of sums in another order.
    private bool Answers(Tensor input, Tensor expected)
    {
        var tolerance = _type == ScalarType.Float32 ? 1e-3f : 0.1f;
        try
        {
            return LogitDifference.Between(Logits(input), expected)
                <= tolerance * (1 + LogitDifference.Scale(expected));
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return false;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _script.Dispose();
    }
}
