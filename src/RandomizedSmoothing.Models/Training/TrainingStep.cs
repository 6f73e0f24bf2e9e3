using System.Runtime.InteropServices;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// One batch of training images and the noise around them. The noise of an image is a pure function of seed, image, epoch and
/// copy, made by the sampler that also makes the noise of certification, so training is the same on every machine.
/// </summary>
internal sealed class TrainingStep(
    NormalizedNetwork network,
    ImageDataset dataset,
    TrainingTask task,
    NoiseSampler? sampler,
    Device device
) : IDisposable
{
    /// <summary>Stream number of training noise, apart from selection and estimation.</summary>
    private const byte NoiseStream = 16;

    /// <summary>Noisy copies of an image per epoch that have numbers.</summary>
    private const int CopiesPerEpoch = 64;

    private readonly int _dimension = dataset.Shape.Dimension;
    private readonly byte[] _images = new byte[(long)task.Recipe.BatchSize * dataset.Shape.Dimension];
    private readonly Augmentation _augmentation = new(task, dataset.Shape);
    private readonly List<Tensor> _buffers = [];
    private readonly NoiseKey _key = NoiseKey.Create(task.Seed, dataset.Hash, 0, default) with { Stream = NoiseStream };
    private int[] _indices = [];
    private readonly Dictionary<string, double> _options = RecipeCatalogue.EffectiveOptions(task.Recipe).ToDictionary();

    /// <summary>The network with its normalisation: pixels in [0,1] plus noise to logits.</summary>
    public NormalizedNetwork Network => network;

    /// <summary>Labels of the batch, on the device.</summary>
    public Tensor Labels { get; private set; } = null!;

    /// <summary>Images in the batch.</summary>
    public int Count => _indices.Length;

    /// <summary>The noise level.</summary>
    public double Sigma => task.Sigma;

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>The recipe's number of this name.</summary>
    public double Option(string name) => _options[name];

    /// <summary>Takes the next batch.</summary>
    public void Begin(int epoch, ReadOnlySpan<int> indices)
    {
        Epoch = epoch;
        _indices = indices.ToArray();
        var labels = new long[_indices.Length];
        for (var row = 0; row < _indices.Length; row++)
        {
            labels[row] = dataset.Labels[_indices[row]];
            _augmentation.Apply(
                dataset.Image(_indices[row]),
                epoch,
                _indices[row],
                _images.AsSpan(row * _dimension, _dimension)
            );
        }

        Labels?.Dispose();
        Labels = tensor(labels, device: device).DetachFromDisposeScope();
    }

    /// <summary>The images with the noise of one copy, on the device; without noise where the training sigma is 0.</summary>
    /// <param name="copy">Number of the copy, from 0; different copies have independent noise.</param>
    public Tensor Noisy(int copy) => Fill(copy, sampler);

    /// <summary>The images without noise, on the device.</summary>
    public Tensor Clean() => Fill(CopiesPerEpoch, null);

    /// <summary>The logits of several noisy copies, by copy, from one pass of the network.</summary>
    public Tensor[] NoisyLogits(int copies)
    {
        var stacked = cat(Enumerable.Range(0, copies).Select(Noisy).ToArray(), 0);
        return network.forward(stacked).chunk(copies, 0);
    }

    public void Dispose()
    {
        Labels?.Dispose();
        foreach (var buffer in _buffers)
        {
            buffer?.Dispose();
        }
    }

    private Tensor Fill(int copy, NoiseSampler? noise)
    {
        while (_buffers.Count <= copy)
        {
            _buffers.Add(null!);
        }

        var shape = dataset.Shape;
        var buffer = _buffers[copy] ??= zeros([task.Recipe.BatchSize, shape.Channels, shape.Height, shape.Width])
            .DetachFromDisposeScope();
        var pixels = MemoryMarshal.Cast<byte, float>(buffer.bytes);
        for (var row = 0; row < _indices.Length; row++)
        {
            var image = _images.AsSpan(row * _dimension, _dimension);
            var target = pixels.Slice(row * _dimension, _dimension);
            if (noise is null)
            {
                for (var i = 0; i < image.Length; i++)
                {
                    target[i] = image[i] / 255f;
                }
            }
            else
            {
                var key = _key with { Image = (uint)_indices[row] };
                noise.Sample(key, (long)Epoch * CopiesPerEpoch + copy, image, target);
            }
        }

        var batch = buffer.narrow(0, 0, _indices.Length);
        return device.type == TorchSharp.DeviceType.CPU ? batch : batch.to(device);
    }
}
