using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// The memory of one batch: rows × channels × height × width, reused for every pass. Rows are filled with noisy images, run
/// through the base classifier, and votes are counted where it computes; rows that are not needed keep what they held and are
/// counted nowhere, so the shape never changes.
/// </summary>
internal sealed unsafe class VoteBatch : IDisposable
{
    // What a span of floats can hold, with room.
    private const int MostValuesAtOnce = 1 << 28;

    private readonly int _rows;
    private readonly ImageShape _shape;
    private readonly Device _device;
    private readonly bool _isFetched;
    private readonly Tensor _input;
    private readonly Tensor _offsets;
    private readonly float* _pixels;
    private readonly long* _rowOffsets;
    private readonly int _dimension;
    private long[] _votes = [];
    private int _needed;
    private Tensor? _counts;
    private Tensor? _logits;

    /// <param name="rows">Rows of the batch.</param>
    /// <param name="shape">Shape of an image.</param>
    /// <param name="device">Where the base classifier computes.</param>
    /// <param name="isFetched">Whether the device computes on a copy of its own, by itself, as a GPU does.</param>
    public VoteBatch(int rows, ImageShape shape, Device device, bool isFetched)
    {
        (_rows, _shape, _device, _isFetched, _dimension) = (rows, shape, device, isFetched, shape.Dimension);
        _input = Allocate([rows, shape.Channels, shape.Height, shape.Width], ScalarType.Float32);
        _offsets = Allocate([rows], ScalarType.Int64);

        // A span cannot hold more than 2³¹ bytes, so the first row tells where all begin.
        using var first = _input.narrow(0, 0, 1);
        fixed (
            byte* pixels = first.bytes,
                offsets = _offsets.bytes
        )
        {
            // Both lie in memory of libtorch, which does not move.
            _pixels = (float*)pixels;
            _rowOffsets = (long*)offsets;
        }
    }

    /// <summary>Whether this batch serves such rows and such a classifier.</summary>
    public bool Fits(int rows, ImageShape shape, Device device, bool isFetched) =>
        (_rows, _shape, _isFetched) == (rows, shape, isFetched)
        && (_device.type, _device.index) == (device.type, device.index);

    /// <summary>Fills the rows with noisy images; where the device fetches them, on all cores, which have nothing else to do.</summary>
    public void Draw(IReadOnlyList<BatchSegment> segments, NoiseSampler noise, NoisyImages images, int classes)
    {
        var row = 0;
        for (var segment = 0; segment < segments.Count; segment++)
        {
            var draws = segments[segment].Draws;
            new Span<long>(_rowOffsets + row, draws).Fill((long)segment * classes);
            row += draws;
        }

        _needed = row;
        new Span<long>(_rowOffsets + row, _rows - row).Fill((long)segments.Count * classes);
        if (_isFetched)
        {
            const int Piece = 16;
            Parallel.ForEach(Pieces(segments, Piece), piece => Draw(piece, noise, images));
            return;
        }

        foreach (var piece in Pieces(segments, Math.Max(1, MostValuesAtOnce / _dimension)))
        {
            Draw(piece, noise, images);
        }
    }

    /// <summary>Classifies and counts; a device that fetches has only been told so when this returns.</summary>
    /// <param name="classifier">The base classifier.</param>
    /// <param name="outcomes">Segments × classes, and one more segment for the rows that are not needed.</param>
    public void Launch(BaseClassifier classifier, int outcomes)
    {
        Forget();
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var input = _isFetched ? _input.to(_device, copy: true, non_blocking: true) : _input;
        var offsets = _isFetched ? _offsets.to(_device, copy: true, non_blocking: true) : _offsets;
        _logits = classifier.Logits(input);
        var votes = _logits.argmax(1).add_(offsets, RootedScalars.One);

        // bincount on a GPU waits for the greatest vote; a sum of ones into their places does not.
        _counts = _isFetched
            ? zeros(outcomes, ScalarType.Int64, votes.device).scatter_add_(0, votes, ones_like(votes))
            : bincount(votes, minlength: outcomes);
        _counts.DetachFromDisposeScope();
        _logits.DetachFromDisposeScope();
    }

    /// <summary>Waits for the votes of the rows that were needed; only these numbers leave a GPU.</summary>
    /// <param name="length">Segments × classes.</param>
    /// <param name="modelName">For messages.</param>
    /// <exception cref="UserErrorException">The model returned NaN or infinity.</exception>
    public ReadOnlySpan<long> Finish(int length, string modelName)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        // Of the rows that are needed: others may hold what is no image.
        var needed = _logits!.narrow(0, 0, _needed);
        if (!float.IsFinite(ModelPreflight.Greatest(needed).sum().item<float>()))
        {
            ModelPreflight.RequireFinite(needed, modelName);
        }

        if (_votes.Length < length)
        {
            _votes = new long[length];
        }

        var counts = _counts!.cpu();
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(counts.bytes)[..length].CopyTo(_votes);
        Forget();
        return _votes.AsSpan(0, length);
    }

    public void Dispose()
    {
        Forget();
        _input.Dispose();
        _offsets.Dispose();
    }

    private static IEnumerable<(BatchSegment Segment, int Row, int Draws, int Skip)> Pieces(
        IReadOnlyList<BatchSegment> segments,
        int most
    )
    {
        var row = 0;
        foreach (var segment in segments)
        {
            for (var skip = 0; skip < segment.Draws; skip += most)
            {
                yield return (segment, row + skip, Math.Min(most, segment.Draws - skip), skip);
            }

            row += segment.Draws;
        }
    }

    private void Draw(
        (BatchSegment Segment, int Row, int Draws, int Skip) piece,
        NoiseSampler noise,
        NoisyImages images
    )
    {
        var target = new Span<float>(_pixels + (long)piece.Row * _dimension, piece.Draws * _dimension);
        var segment = piece.Segment;
        images.Sample(noise, segment.Image.Index, segment.Stream, segment.First + piece.Skip, target);
    }

    // For a GPU, memory that it can fetch by itself.
    private Tensor Allocate(long[] size, ScalarType type)
    {
        var pageable = zeros(size, type);
        if (_device.type != TorchSharp.DeviceType.CUDA)
        {
            return pageable.DetachFromDisposeScope();
        }

        using (pageable)
        {
            return pageable.pin_memory().DetachFromDisposeScope();
        }
    }

    private void Forget()
    {
        _counts?.Dispose();
        _logits?.Dispose();
        (_counts, _logits) = (null, null);
    }
}

/// <summary>Noisy copies of the images of one data set under one seed.</summary>
internal sealed class NoisyImages(ImageDataset dataset, ulong seed)
{
    private readonly NoiseKey _key = NoiseKey.Create(seed, dataset.Hash, 0, default);

    /// <summary>Fills <paramref name="target"/> with consecutive draws of an image.</summary>
    public void Sample(NoiseSampler noise, int image, DrawStream stream, long firstDraw, Span<float> target) =>
        noise.Sample(_key with { Image = (uint)image, Stream = (byte)stream }, firstDraw, dataset.Image(image), target);
}
