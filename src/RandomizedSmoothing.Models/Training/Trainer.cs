using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// Runs training tasks on one device. On the CPU the same task gives bit-identical weights on every machine of one kind, and a
/// run that is resumed from its checkpoint ends with the weights of an undisturbed one.
/// </summary>
internal sealed class Trainer(CacheFolders cache, IArtifactStore artifacts, Device device, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>State of the same training that another node has handed back; null for none.</summary>
    public ContentHash? Checkpoint { get; init; }

    /// <summary>Trains, or takes the finished model from the cache.</summary>
    /// <exception cref="TrainingHandedBackException">Called off after an epoch; the checkpoint is published.</exception>
    /// <exception cref="UserErrorException">The task cannot be done, or training diverged.</exception>
    public TrainingResult Train(
        TrainingTask task,
        Func<ImageDataset> open,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        var start = time.GetTimestamp();
        var file = new TrainedFile(cache, task);
        var accuracy = file.FinishedAccuracy() ?? RunOrHandBack(task, file, open(), progress, cancellation);
        var hash = artifacts.Publish(file.Model, cancellation);
        if (Checkpoint is { } handed)
        {
            artifacts.Discard(handed);
        }

        return new TrainingResult(task.Key, file.Model, hash, accuracy, time.GetElapsedTime(start).TotalSeconds);
    }

    private double RunOrHandBack(
        TrainingTask task,
        TrainedFile file,
        ImageDataset dataset,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        try
        {
            if (Checkpoint is { } handed)
            {
                file.TakeOver(artifacts.Obtain(handed, cancellation));
            }
        }
        catch (UserErrorException)
        {
            // Nobody has it any more: the epochs are run again.
        }

        try
        {
            return Run(task, file, dataset, progress, cancellation);
        }
        catch (OperationCanceledException called) when (File.Exists(file.Checkpoint))
        {
            if (TryPublish(file.Checkpoint) is not { } next)
            {
                throw;
            }

            if (Checkpoint is { } before && before != next)
            {
                artifacts.Discard(before);
            }

            throw new TrainingHandedBackException(next, called);
        }
    }

    // Whoever would take it may be leaving, too: then the epochs since the last hand-over are lost, and nothing else.
    private ContentHash? TryPublish(string checkpoint)
    {
        try
        {
            return artifacts.Publish(checkpoint, CancellationToken.None);
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private double Run(
        TrainingTask task,
        TrainedFile file,
        ImageDataset dataset,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        using var scope = NewDisposeScope();
        var recipe = RecipeCatalogue.Get(task.Recipe.Recipe);
        var normalization = NormalizationOf(dataset);
        using var bare = ArchitectureCatalogue.Build(task.Architecture, dataset.Shape, dataset.Classes);
        Keyed.Initialize(bare, task.Seed);
        bare.to(device);
        using var mixed = MixedPrecision.IsAskedFor(task.Recipe, device)
            ? MixedPrecision.Of(bare, task, dataset, device)
            : null;
        using var network = new NormalizedNetwork(
            mixed?.Compute ?? bare,
            normalization,
            device,
            mixed is null ? ScalarType.Float32 : ScalarType.BFloat16
        );
        var options = RecipeCatalogue.EffectiveOptions(task.Recipe).ToDictionary();
        using var optimizer = new Sgd(bare.named_parameters(), options["momentum"], options["weightDecay"]);
        var sampler =
            task.Sigma == 0 ? null : NoiseFamilies.Create(task.Noise, task.Sigma).CreateSampler(dataset.Shape);
        using var step = new TrainingStep(network, dataset, task, sampler, device);
        var rate = new LearningRate(task.Recipe);
        var epoch = new Epochs(task, dataset, recipe, step, optimizer, rate, mixed, progress, time, cancellation);
        var (done, log) = file.Restore(bare, optimizer);
        mixed?.TakeWeights();
        mixed?.TakeStatistics();
        var accuracy = 0.0;
        for (var number = done; number < task.Recipe.Epochs; number++)
        {
            network.SetTraining(true);
            (var loss, accuracy) = epoch.Run(number);
            mixed?.ReturnStatistics();
            log += string.Create(
                CultureInfo.InvariantCulture,
                $"{number + 1},{rate.After(number):R},{loss:R},{accuracy:R}\n"
            );
            if (number + 1 < task.Recipe.Epochs)
            {
                file.WriteCheckpoint(bare, optimizer, number + 1, accuracy, log);
            }
        }

        bare.eval();
        file.WriteModel(bare, normalization, dataset.Shape, dataset.Classes, accuracy);
        AtomicFile.Write(
            file.Log,
            stream => stream.Write(System.Text.Encoding.UTF8.GetBytes("epoch,learning_rate,loss,accuracy\n" + log))
        );
        return accuracy;
    }

    private static Normalization NormalizationOf(ImageDataset dataset)
    {
        var (mean, std) = dataset.ChannelStatistics();
        return new Normalization(mean, [.. std.Select(s => s < 1e-3 ? 1 : s)]);
    }

    /// <summary>The passes over the training images.</summary>
    private sealed class Epochs(
        TrainingTask task,
        ImageDataset dataset,
        ITrainingRecipe recipe,
        TrainingStep step,
        Sgd optimizer,
        LearningRate rate,
        MixedPrecision? mixed,
        IProgress<TrainingProgress> progress,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        private readonly int _images = Math.Min(dataset.Count, task.Recipe.MaxImages ?? int.MaxValue);
        private readonly double _clipNorm = RecipeCatalogue.EffectiveOptions(task.Recipe).ToDictionary()["clipNorm"];
        private long _lastReport = time.GetTimestamp();

        /// <summary>One epoch.</summary>
        /// <returns>Mean loss, and accuracy on the noisy images as they were trained on.</returns>
        public (double Loss, double Accuracy) Run(int epoch)
        {
            var order = Keyed.Permutation(_images, epoch, task.Seed);
            for (var i = 0; i < order.Length; i++)
            {
                // A subset is spread evenly: folders of images are sorted by class.
                order[i] = (int)((long)order[i] * dataset.Count / _images);
            }

            var (loss, correct) = (0.0, 0L);
            for (var first = 0; first < order.Length; first += task.Recipe.BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                var indices = order.AsSpan(first, Math.Min(task.Recipe.BatchSize, order.Length - first));
                var done = epoch + (double)first / order.Length;
                var (batchLoss, batchCorrect) = Step(epoch, done, indices);
                if (!double.IsFinite(batchLoss))
                {
                    throw new UserErrorException(
                        $"Training of {task.Architecture} at sigma {task.Sigma} diverged in epoch {epoch + 1} (the loss is no number). Lower "
                            + $"train.learningRate, which is {task.Recipe.LearningRate}."
                    );
                }

                loss += batchLoss * indices.Length;
                correct += batchCorrect;
                var seen = first + indices.Length;
                Report(epoch, seen == order.Length, (double)seen / order.Length, loss / seen, (double)correct / seen);
            }

            return (loss / order.Length, (double)correct / order.Length);
        }

        private (double Loss, long Correct) Step(int epoch, double done, ReadOnlySpan<int> indices)
        {
            using var scope = NewDisposeScope();
            step.Begin(epoch, indices);
            var (loss, logits) = recipe.Loss(step);
            optimizer.ZeroGradients();
            loss.backward();
            mixed?.ReturnGradients();
            optimizer.ClipGradients(_clipNorm);
            optimizer.Step(rate.After(done));
            mixed?.TakeWeights();
            using var _ = no_grad();
            var correct = logits.argmax(1).eq(step.Labels).sum();
            return (loss.item<float>(), correct.item<long>());
        }

        private void Report(int epoch, bool last, double part, double loss, double accuracy)
        {
            if (last || time.GetElapsedTime(_lastReport) >= ReportInterval)
            {
                _lastReport = time.GetTimestamp();
                var fraction = (epoch + part) / task.Recipe.Epochs;
                progress.Report(
                    new TrainingProgress(task.Key, epoch + 1, task.Recipe.Epochs, fraction, loss, accuracy)
                );
            }
        }
    }
}
