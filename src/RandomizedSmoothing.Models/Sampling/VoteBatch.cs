using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>Consecutive draws of one stream of one image within a batch.</summary>
/// <param name="Image">The image.</param>
/// <param name="Draws">How many.</param>
internal readonly record struct BatchSegment(ImageCount Image, int Draws);

/// <summary>
/// The one batch of a runner: rows × channels × height × width, reused for every pass. Rows are filled with noisy images, run
/// through the base classifier, and votes are counted by argmax and bincount; rows that are not needed keep what they held and
/// are counted nowhere, so the shape never changes.
/// </summary>
internal sealed unsafe class VoteBatch : IDisposable
{
    private readonly Tensor _input;
    private readonly Tensor _offsets;
    private readonly float* _pixels;
    private readonly long* _rowOffsets;
    private readonly int _dimension;

    public VoteBatch(int rows, ImageShape shape, Device device)
    {
        (Rows, _dimension) = (rows, shape.Dimension);
        _input = zeros([rows, shape.Channels, shape.Height, shape.Width], ScalarType.Float32);
        if (device.type == DeviceType.CUDA)
        {
            using var pageable = _input;
            _input = pageable.pin_memory();
        }

        _offsets = zeros([rows], ScalarType.Int64);
        _input.DetachFromDisposeScope();
        _offsets.DetachFromDisposeScope();
        fixed (
            byte* pixels = _input.bytes,
                offsets = _offsets.bytes
        )
        {
            // Both lie in memory of libtorch, which does not move.
            _pixels = (float*)pixels;
            _rowOffsets = (long*)offsets;
        }
    }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>
    /// Draws, classifies and counts.
    /// </summary>
    /// <param name="segments">What the batch is made of, at most <see cref="Rows"/> draws together.</param>
    /// <param name="classifier">The base classifier.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="dataset">Images and keys.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="modelName">For messages.</param>
    /// <returns>Votes, segments × classes.</returns>
    /// <exception cref="Core.UserErrorException">The model returned NaN or infinity.</exception>
    public long[] Count(
        IReadOnlyList<BatchSegment> segments,
        BaseClassifier classifier,
        NoiseSampler noise,
        NoisyImages dataset,
        int classes,
        string modelName
    )
    {
        var row = 0;
        for (var segment = 0; segment < segments.Count; segment++)
        {
            var (image, draws) = segments[segment];
            var target = new Span<float>(_pixels + (long)row * _dimension, draws * _dimension);
            dataset.Sample(noise, image.Index, image.Target!.Value.Stream, image.Drawn, target);
            for (var i = 0; i < draws; i++)
            {
                _rowOffsets[row++] = (long)segment * classes;
            }
        }

        for (; row < Rows; row++)
        {
            _rowOffsets[row] = (long)segments.Count * classes;
        }

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var onCpu = classifier.Device.type == DeviceType.CPU;
        var logits = classifier.Logits(onCpu ? _input : _input.to(classifier.Device, non_blocking: true));
        var finite = logits.sum();
        var votes = logits.argmax(1).add_(onCpu ? _offsets : _offsets.to(classifier.Device), RootedScalars.One);
        var counts = bincount(votes, minlength: (segments.Count + 1L) * classes).cpu();
        if (!float.IsFinite(finite.item<float>()))
        {
            ModelPreflight.RequireFinite(logits, modelName);
        }

        var result = new long[segments.Count * classes];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(counts.bytes)[..result.Length].CopyTo(result);
        return result;
    }

    public void Dispose()
    {
        _input.Dispose();
        _offsets.Dispose();
    }
}

/// <summary>Noisy copies of the images of one data set under one seed.</summary>
internal sealed class NoisyImages(Datasets.ImageDataset dataset, ulong seed)
{
    private readonly ContentHash _hash = dataset.Hash;

    /// <summary>Fills <paramref name="target"/> with consecutive draws of an image.</summary>
    public void Sample(NoiseSampler noise, int image, DrawStream stream, long firstDraw, Span<float> target) =>
        noise.Sample(NoiseKey.Create(seed, _hash, image, stream), firstDraw, dataset.Image(image), target);
}
