using System.Runtime.InteropServices;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Preflight;

/// <summary>
/// Looks at a base classifier for a few seconds before a sweep spends hours on it: accuracy on a sample without and with noise,
/// and whether it does better when it is fed otherwise. Draws come from a stream of their own, so none is a draw of the sweep.
/// </summary>
/// <param name="classifier">The classifier.</param>
/// <param name="dataset">The images.</param>
/// <param name="reference">The selection of them.</param>
/// <param name="rows">Rows of the canonical batch.</param>
/// <param name="time">Clock.</param>
public sealed class ModelProbe(
    BaseClassifier classifier,
    ImageDataset dataset,
    DatasetReference reference,
    int rows,
    TimeProvider time
)
{
    private const int MostImages = 64;
    private const int MostDraws = 4;
    private const byte NoiseStream = 17;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4);

    // Feeding a network wrongly costs more than any noise level that was not looked at.
    private static readonly TimeSpan ReadingBudget = TimeSpan.FromSeconds(12);

    private readonly int[] _images = Sample(reference);
    private readonly SortedSet<int> _unanswered = [];
    private long _passes;
    private TimeSpan _passing;
    private long _start;

    /// <summary>Looks.</summary>
    /// <param name="noises">Families and levels; level 0 is left out.</param>
    /// <param name="readings">Whether other ways of feeding it are tried.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    public ProbeResult Run(
        IReadOnlyList<(string Noise, double Sigma)> noises,
        bool readings,
        CancellationToken cancellation
    )
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        _start = time.GetTimestamp();
        var pixels = Clean();
        _unanswered.Clear();
        var clean = Right(pixels, cancellation);
        var noisy = new List<NoisyShare>();
        foreach (var (noise, sigma) in noises.Where(n => n.Sigma > 0))
        {
            if (noisy.Count == 0 || !IsPast(Budget))
            {
                noisy.Add(Noisy(noise, sigma, cancellation));
            }
        }

        // Before it is fed otherwise, which may be wrong.
        int[] unanswered = [.. _unanswered];
        return new ProbeResult
        {
            Classes = reference.Classes,
            Clean = Share(clean),
            Noisy = noisy,
            Unanswered = unanswered,
            Better = readings ? Better(pixels, clean, cancellation) : null,
            DrawsPerSecond = _passes / Math.Max(1e-9, _passing.TotalSeconds),
            Normalization = classifier.Normalization,
            Route = classifier.Route,
            Obstacle = classifier.Obstacle,
        };
    }

    private int Batch => classifier.TakesAnyRows ? Math.Min(rows, _images.Length) : rows;

    private bool IsPast(TimeSpan budget) => time.GetElapsedTime(_start) > budget;

    private static int[] Sample(DatasetReference reference)
    {
        var count = Math.Min(MostImages, reference.Count);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * reference.Count / count))];
    }

    private BetterReading? Better(Tensor pixels, bool[] clean, CancellationToken cancellation)
    {
        BetterReading? best = null;

        // A network at chance is most likely fed wrongly: then the readings are worth any time.
        var urgent = Share(clean).IsNearChance(reference.Classes);
        foreach (var reading in InputReading.OtherThan(classifier.Normalization, reference.Shape.Channels))
        {
            if (IsPast(ReadingBudget) && !urgent)
            {
                break;
            }

            using var scope = NewDisposeScope();
            var right = Right(reading.Disguise(pixels, classifier.Normalization), cancellation);
            var gained = right.Zip(clean).Count(p => p.First && !p.Second);
            var lost = right.Zip(clean).Count(p => !p.First && p.Second);

            // Images on which the two differ would fall evenly on both sides by chance: three deviations, and no handful.
            if (gained - lost >= Math.Max(6, 3 * Math.Sqrt(gained + lost)))
            {
                var share = Share(right);
                best = best is null || share.Right > best.Right.Right ? new BetterReading(reading, share) : best;
            }
        }

        return best;
    }

    private NoisyShare Noisy(string noise, double sigma, CancellationToken cancellation)
    {
        var distribution = NoiseFamilies.Create(noise, sigma);
        var sampler = distribution.CreateSampler(reference.Shape);
        var draws = (int)Math.Min(MostDraws, distribution.CompleteDraws ?? MostDraws);
        var shape = reference.Shape;
        var votes = new int[_images.Length];
        var (right, made) = (0, 0);
        for (var draw = 0; draw < draws && (draw == 0 || !IsPast(Budget)); draw++)
        {
            using var scope = NewDisposeScope();
            var start = time.GetTimestamp();
            var batch = zeros([_images.Length, shape.Channels, shape.Height, shape.Width]);
            var pixels = MemoryMarshal.Cast<byte, float>(batch.bytes);
            for (var i = 0; i < _images.Length; i++)
            {
                var index = reference.IndexOf(_images[i]);
                var key = NoiseKey.Create(0, dataset.Hash, index, DrawStream.Selection) with { Stream = NoiseStream };
                sampler.Sample(key, draw, dataset.Image(index), pixels.Slice(i * shape.Dimension, shape.Dimension));
            }

            var hits = Right(batch, cancellation);
            for (var i = 0; i < hits.Length; i++)
            {
                votes[i] += hits[i] ? 1 : 0;
            }

            right += hits.Count(h => h);
            made += hits.Length;
            _passes += (hits.Length + Batch - 1) / Batch * Batch;
            _passing += time.GetElapsedTime(start);
        }

        var rounds = made / _images.Length;
        return new NoisyShare(
            noise,
            sigma,
            new SampleShare(right, made),
            new SampleShare(votes.Count(v => 2 * v > rounds), votes.Length)
        );
    }

    private Tensor Clean()
    {
        var shape = reference.Shape;
        var batch = zeros([_images.Length, shape.Channels, shape.Height, shape.Width]);
        var pixels = MemoryMarshal.Cast<byte, float>(batch.bytes);
        for (var i = 0; i < _images.Length; i++)
        {
            var image = dataset.Image(reference.IndexOf(_images[i]));
            for (var j = 0; j < image.Length; j++)
            {
                pixels[i * shape.Dimension + j] = image[j] / 255f;
            }
        }

        return batch;
    }

    // Of programs always the canonical batch: some take no other.
    private bool[] Right(Tensor images, CancellationToken cancellation)
    {
        var right = new bool[_images.Length];
        for (var first = 0; first < _images.Length; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(Batch, _images.Length - first);
            var part = images.narrow(0, first, count);
            if (count < Batch)
            {
                part = cat([part, .. Enumerable.Repeat(part.narrow(0, 0, 1), Batch - count)], 0);
            }

            var logits = classifier.Logits(part.to(classifier.Device)).cpu();
            var predicted = logits.argmax(1).data<long>();
            var unanswered = ModelPreflight.Unanswered(logits).data<bool>();
            for (var i = 0; i < count; i++)
            {
                right[first + i] = !unanswered[i] && predicted[i] == reference.Labels[_images[first + i]];
                if (unanswered[i])
                {
                    _unanswered.Add(reference.IndexOf(_images[first + i]));
                }
            }
        }

        return right;
    }

    private static SampleShare Share(bool[] right) => new(right.Count(r => r), right.Length);
}
