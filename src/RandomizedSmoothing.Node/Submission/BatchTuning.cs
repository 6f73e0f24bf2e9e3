using System.Globalization;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Sampling;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>A base classifier whose batch shape is still to be measured.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Task">What a device is asked.</param>
public sealed record PendingBatch(string Model, string Dataset, ThroughputTask Task);

/// <summary>
/// Batch shapes that are measured instead of written, <c>execution.batchSize: tuned</c>: measured once, before the first draw, and
/// from then on part of the sweep and of its vote keys, wherever it goes on.
/// </summary>
public static class BatchTuning
{
    /// <summary>What is still to be measured.</summary>
    public static IReadOnlyList<PendingBatch> Pending(SweepDefinition sweep) =>
        sweep.Execution.TuneBatch
            ?
            [
                .. sweep
                    .Cells.GroupBy(cell => NamesOf(sweep, cell))
                    .Where(group => ChoiceOf(sweep, group.Key) is null)
                    .Select(group => new PendingBatch(
                        group.Key.Model,
                        group.Key.Dataset,
                        ThroughputProbe.TaskOf(sweep, group.First())
                    )),
            ]
            : [];

    /// <summary>
    /// Takes over what an earlier sweep measured for the same models, data and precision, so that its votes serve again and running a
    /// file twice measures once.
    /// </summary>
    public static SweepDefinition Adopt(SweepDefinition sweep, SweepDefinition earlier)
    {
        if (earlier.Execution.Precision != sweep.Execution.Precision)
        {
            return sweep;
        }

        var open = Pending(sweep).Select(p => (p.Model, p.Dataset)).ToHashSet();
        foreach (var group in sweep.Cells.GroupBy(cell => NamesOf(sweep, cell)).Where(g => open.Contains(g.Key)))
        {
            var known = earlier.Cells.FirstOrDefault(before =>
                group.Any(cell => cell.Model == before.Model && cell.Dataset == before.Dataset)
            );
            if (known is not null && ChoiceOf(earlier, NamesOf(earlier, known)) is { } choice)
            {
                sweep = With(sweep, choice with { Model = group.Key.Model, Dataset = group.Key.Dataset });
            }
        }

        return sweep;
    }

    /// <summary>Takes over what earlier sweeps of a ledger measured.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="earlier">Its sweeps that may serve, the latest first.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SweepDefinition> AdoptAsync(
        SweepDefinition sweep,
        ISweepLedger ledger,
        IEnumerable<SweepRecord> earlier,
        CancellationToken cancellation
    )
    {
        foreach (var record in earlier)
        {
            if (Pending(sweep).Count == 0)
            {
                break;
            }

            if (await ledger.TryReadDefinitionAsync(record.Id, cancellation) is { } definition)
            {
                sweep = Adopt(sweep, definition);
            }
        }

        return sweep;
    }

    /// <summary>Measures what is still to be measured.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="measure">Asks devices: a reading for each kind of them, and how many it speaks for.</param>
    /// <param name="chosen">Hears of every choice, as a sentence.</param>
    /// <exception cref="Core.UserErrorException">A model cannot be run, or there is no device.</exception>
    public static async Task<SweepDefinition> MeasureAsync(
        SweepDefinition sweep,
        Func<ThroughputTask, Task<IReadOnlyList<(ThroughputReading Reading, int Devices)>>> measure,
        Action<string> chosen
    )
    {
        foreach (var pending in Pending(sweep))
        {
            var choice = BatchChoice.Of(pending.Model, pending.Dataset, await measure(pending.Task));
            chosen(Describe(choice));
            sweep = With(sweep, choice);
        }

        return sweep;
    }

    /// <summary>The sweep with a choice.</summary>
    public static SweepDefinition With(SweepDefinition sweep, BatchChoice choice) =>
        sweep with
        {
            BatchChoices = [.. sweep.BatchChoices, choice],
            Cells =
            [
                .. sweep.Cells.Select(cell =>
                    NamesOf(sweep, cell) == (choice.Model, choice.Dataset) ? WithRows(sweep, cell, choice.Rows) : cell
                ),
            ],
        };

    /// <summary>A choice for people, in a sentence.</summary>
    public static string Describe(BatchChoice choice)
    {
        var devices = choice.Readings.Select(reading =>
        {
            var speed = reading.Speeds.First(s => s.Rows == choice.Rows).DrawsPerSecond ?? 0;
            return string.Create(CultureInfo.InvariantCulture, $"{speed:N0} draws/s on {reading.Device.Name}");
        });
        return $"{choice.Model} on {choice.Dataset}: batches of {choice.Rows} ({string.Join(", ", devices)}).";
    }

    /// <summary>A cell of a sweep with its canonical batch, and the vote key that follows from it.</summary>
    internal static CellDefinition WithRows(SweepDefinition sweep, CellDefinition cell, int rows) =>
        WithRows(cell, rows, sweep.Seed, sweep.Sampler, sweep.Execution.Precision, sweep.Plan.Mode);

    /// <summary>As <see cref="WithRows(SweepDefinition, CellDefinition, int)"/>, before there is a sweep.</summary>
    internal static CellDefinition WithRows(
        CellDefinition cell,
        int rows,
        ulong seed,
        SamplerKind sampler,
        Precision precision,
        CertificationMode mode
    )
    {
        var noise = NoiseFamilies.Create(cell.Noise, cell.Sigma);
        return cell with
        {
            BatchRows = rows,
            VoteKey = VoteKeys.Compute(
                cell.Dataset,
                cell.Model,
                cell.Noise,
                cell.Sigma,
                seed,
                sampler.For(noise),
                precision,
                rows,
                mode == CertificationMode.Anytime && noise.CompleteDraws is null
            ),
        };
    }

    private static (string Model, string Dataset) NamesOf(SweepDefinition sweep, CellDefinition cell) =>
        (sweep.ModelOf(cell).Name, sweep.DatasetOf(cell).Name);

    private static BatchChoice? ChoiceOf(SweepDefinition sweep, (string Model, string Dataset) names) =>
        sweep.BatchChoices.FirstOrDefault(choice => (choice.Model, choice.Dataset) == names);
}
