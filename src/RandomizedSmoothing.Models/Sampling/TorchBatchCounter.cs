using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Importing;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>What the batches of one shard have in common.</summary>
/// <param name="Classifier">The base classifier.</param>
/// <param name="Noise">Makes the draws.</param>
/// <param name="Images">What they are draws of.</param>
/// <param name="Shape">Shape of an image.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Rows">Rows of the canonical batch.</param>
/// <param name="ModelName">For messages.</param>
internal sealed record BatchSource(
    BaseClassifier Classifier,
    NoiseSampler Noise,
    NoisyImages Images,
    ImageShape Shape,
    int Classes,
    int Rows,
    string ModelName
);

/// <summary>
/// Counts batches on one libtorch device. A processor counts one at a time, since drawing ahead would only take its own cores; a
/// GPU computes one while the next is drawn.
/// </summary>
/// <param name="device">For messages.</param>
/// <param name="warn">Told of batches halved for want of memory.</param>
/// <param name="runsAhead">Whether to treat what computes as a GPU; null to look.</param>
internal sealed class TorchBatchCounter(DeviceDescription device, Action<string>? warn, bool? runsAhead = null)
    : IBatchCounter,
        IDisposable
{
    private readonly VoteBatch?[] _batches = new VoteBatch?[2];
    private readonly int[] _segments = new int[2];
    private int _drawn;
    private int _launched;
    private int _mostRows = int.MaxValue;
    private BatchSource? _source;

    /// <inheritdoc />
    public int Rows => Math.Min(Source.Rows, _mostRows);

    /// <inheritdoc />
    public bool RunsAhead => runsAhead ?? Computes.type == TorchSharp.DeviceType.CUDA;

    /// <summary>What the next batches are made of.</summary>
    public BatchSource Source
    {
        get => _source ?? throw new InvalidOperationException("There is nothing to count yet.");
        set
        {
            // What did not fit was another model.
            _mostRows = ReferenceEquals(_source?.Classifier, value.Classifier) ? _mostRows : int.MaxValue;
            _source = value;
        }
    }

    /// <inheritdoc />
    public void Draw(IReadOnlyList<BatchSegment> segments)
    {
        _drawn = RunsAhead ? 1 - _launched : 0;
        Batch(_drawn).Draw(segments, Source.Noise, Source.Images, Source.Classes);
        _segments[_drawn] = segments.Count;
    }

    /// <inheritdoc />
    public bool Launch()
    {
        try
        {
            _batches[_drawn]!.Launch(Source.Classifier, (_segments[_drawn] + 1) * Source.Classes);
            _launched = _drawn;
            return true;
        }
        catch (Exception e) when (DeviceFault.IsOutOfMemory(e) && Rows > 1)
        {
            _mostRows = Rows / 2;
            warn?.Invoke(
                $"{device.Name} has not enough memory for batches of {2 * _mostRows} images of {Source.Shape} through "
                    + $"'{Source.ModelName}': it goes on with {_mostRows}. Votes of images on the verge between two classes may differ "
                    + "from those of other devices in the last bit of rounding; set execution.batchSize to avoid that."
            );
            return false;
        }
    }

    /// <inheritdoc />
    public ReadOnlySpan<long> Finish() =>
        _batches[_launched]!.Finish(_segments[_launched] * Source.Classes, Source.ModelName);

    public void Dispose()
    {
        foreach (var batch in _batches)
        {
            batch?.Dispose();
        }
    }

    // Where the model computes, which need not be the device.
    private TorchSharp.torch.Device Computes => Source.Classifier.Device;

    private VoteBatch Batch(int index)
    {
        if (_batches[index] is not { } batch || !batch.Fits(Rows, Source.Shape, Computes, RunsAhead))
        {
            _batches[index]?.Dispose();
            _batches[index] = null;
            batch = _batches[index] = new VoteBatch(Rows, Source.Shape, Computes, RunsAhead);
        }

        return batch;
    }
}
