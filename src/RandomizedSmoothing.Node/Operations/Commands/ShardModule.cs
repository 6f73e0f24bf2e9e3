using System.Runtime.CompilerServices;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>The commands on the ranges of images that are handed out to devices.</summary>
public sealed class ShardModule(ISweepClient sweeps, ISweepLedger ledger)
{
    /// <summary>The commands.</summary>
    public IEnumerable<OperatorCommand> Commands =>
        [
            new()
            {
                Module = "shard",
                Name = "pending",
                Description = "Lists the cells of open sweeps whose images are not all finished.",
                Arguments = [CommonArguments.AnySweep],
                Handler = PendingAsync,
            },
            new()
            {
                Module = "shard",
                Name = "leased",
                Description = "Lists the ranges of images that devices are counting.",
                Arguments = [CommonArguments.AnySweep],
                Handler = LeasedAsync,
            },
            new()
            {
                Module = "shard",
                Name = "failed",
                Description = "Lists the ranges of images that failed, with the reason: retried or given up.",
                Arguments = [CommonArguments.AnySweep],
                Handler = FailedAsync,
            },
            new()
            {
                Module = "shard",
                Name = "retry",
                Description = "Gives every range of a sweep that was given up another set of attempts.",
                Changes = true,
                Arguments = [CommonArguments.Sweep],
                Handler = RetryAsync,
            },
            new()
            {
                Module = "shard",
                Name = "release",
                Description =
                    "Calls a shard or training back from the device that holds it; what was counted stays, the rest goes to the next that asks.",
                Changes = true,
                Arguments =
                [
                    new()
                    {
                        Name = "work",
                        Description = "as 'shard leased' names it",
                        Switches = ["-w", "--work"],
                        IsMandatory = true,
                    },
                ],
                Handler = ReleaseAsync,
            },
        ];

    private async IAsyncEnumerable<AnswerBlock> PendingAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var pending = new List<(SweepId Sweep, CellProgress Cell)>();
        foreach (var sweep in await ChosenAsync(call, cancellation))
        {
            if (await sweeps.GetProgressAsync(sweep.Id, cancellation) is { IsFinal: false } progress)
            {
                pending.AddRange(
                    progress.Cells.Where(c => c.ImagesDone + c.Quarantined < c.Images).Select(c => (sweep.Id, c))
                );
            }
        }

        yield return AnswerTable.Of<(SweepId Sweep, CellProgress Cell)>(
            pending,
            "Nothing is pending.",
            (new("sweep"), p => p.Sweep.Value),
            (new("cell"), p => p.Cell.Cell.Value),
            (new("imagesLeft"), p => p.Cell.Images - p.Cell.ImagesDone - p.Cell.Quarantined),
            (new("images"), p => p.Cell.Images)
        );
    }

    private async IAsyncEnumerable<AnswerBlock> LeasedAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var prefix = call.Sweep is { } sweep ? $"{sweep}:" : "";
        var leased =
            from worker in await sweeps.GetWorkersAsync(cancellation)
            from device in worker.Devices
            where device.Work?.StartsWith(prefix, StringComparison.Ordinal) ?? false
            select (Worker: worker.Name, Device: device.Description.Name, Work: device.Work!);
        yield return AnswerTable.Of<(string Worker, string Device, string Work)>(
            leased,
            "No device is counting.",
            (new("worker"), l => l.Worker),
            (new("device"), l => l.Device),
            (new("work"), l => l.Work)
        );
    }

    private async IAsyncEnumerable<AnswerBlock> FailedAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var failed = new List<(SweepId Sweep, ShardTrouble Trouble)>();
        foreach (var sweep in await ChosenAsync(call, cancellation))
        {
            var troubles = await ledger.ReadTroublesAsync(sweep.Id, cancellation);
            failed.AddRange(troubles.Select(trouble => (sweep.Id, trouble)));
        }

        yield return AnswerTable.Of<(SweepId Sweep, ShardTrouble Trouble)>(
            failed,
            "Nothing has failed.",
            (new("sweep"), f => f.Sweep.Value),
            (new("cell"), f => f.Trouble.Cell.Value),
            (new("first"), f => f.Trouble.First),
            (new("count"), f => f.Trouble.Count),
            (new("kind"), f => f.Trouble.Kind.ToString().ToLowerInvariant()),
            (new("attempts"), f => f.Trouble.Attempts),
            (new("reason"), f => f.Trouble.Reason)
        );
    }

    private async IAsyncEnumerable<AnswerBlock> RetryAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var sweep = call.Sweep!.Value;
        var givenUp = (await ledger.ReadTroublesAsync(sweep, cancellation)).Where(t => t.Kind != TroubleKind.Retry);
        var images = givenUp.Sum(t => t.Count);
        if (images == 0)
        {
            yield return new AnswerNote($"Sweep {sweep}: nothing was given up.");
            yield break;
        }

        await sweeps.RetryAsync(sweep, cancellation);
        yield return new AnswerNote(
            FormattableString.Invariant($"Sweep {sweep}: {images} images that were given up are tried again.")
        );
    }

    private async IAsyncEnumerable<AnswerBlock> ReleaseAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var work = call.Required("work");
        await sweeps.ReleaseAsync(work, cancellation);
        yield return new AnswerNote($"{work} is called back.");
    }

    private async Task<IEnumerable<SweepRecord>> ChosenAsync(OperatorCall call, CancellationToken cancellation)
    {
        var all = await sweeps.ListAsync(cancellation);
        return call.Sweep is { } sweep ? all.Where(s => s.Id == sweep) : all;
    }
}
