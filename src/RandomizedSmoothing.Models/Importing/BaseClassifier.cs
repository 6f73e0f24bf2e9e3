using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
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
    /// <summary>The device it computes on.</summary>
    public required Device Device { get; init; }

    /// <summary>The logits of a batch.</summary>
    /// <param name="input">N × C × H × W floats on <see cref="Device"/>, pixels in [0,1] plus noise, not normalised.</param>
    /// <returns>N × classes, single precision.</returns>
    public abstract Tensor Logits(Tensor input);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees weights.</summary>
    protected abstract void Dispose(bool disposing);
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
    private readonly NormalizeLayer? _normalize;
    private readonly ScalarType _type;

    /// <summary>Takes over a network on the CPU whose weights are final.</summary>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public NativeClassifier(
        Module<Tensor, Tensor> network,
        Normalization? normalization,
        Device device,
        Precision precision
    )
    {
        Device = device;
        _type = TypeOf(precision);
        network.eval();
        (network as IFoldable)?.Fold(device, _type);
        _network = network.to(device).to(_type);
        _normalize = normalization is null ? null : new NormalizeLayer(normalization, device);
    }

    public override Tensor Logits(Tensor input)
    {
        var x = _normalize?.Apply(input) ?? input;
        return _type == ScalarType.Float32 ? _network.forward(x) : _network.forward(x.to(_type)).to(ScalarType.Float32);
    }

    internal static ScalarType TypeOf(Precision precision) =>
        precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    protected override void Dispose(bool disposing)
    {
        _network.Dispose();
        _normalize?.Dispose();
    }
}

/// <summary>A TorchScript program with its weights.</summary>
internal sealed class ScriptClassifier : BaseClassifier
{
    private readonly ScriptModule<Tensor, Tensor> _script;
    private readonly NormalizeLayer? _normalize;
    private readonly ScalarType _type;

    /// <summary>Takes over a script on its device.</summary>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public ScriptClassifier(
        ScriptModule<Tensor, Tensor> script,
        Normalization? normalization,
        Device device,
        Precision precision
    )
    {
        Device = device;
        _type = NativeClassifier.TypeOf(precision);
        _script = script;
        _script.eval();
        if (_type != ScalarType.Float32)
        {
            _script.to(_type);
        }

        _normalize = normalization is null ? null : new NormalizeLayer(normalization, device);
    }

    public override Tensor Logits(Tensor input)
    {
        var x = _normalize?.Apply(input) ?? input;
        return _type == ScalarType.Float32 ? _script.forward(x) : _script.forward(x.to(_type)).to(ScalarType.Float32);
    }

    protected override void Dispose(bool disposing)
    {
        _script.Dispose();
        _normalize?.Dispose();
    }
}
