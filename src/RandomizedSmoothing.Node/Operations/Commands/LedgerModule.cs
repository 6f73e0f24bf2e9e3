using System.Runtime.CompilerServices;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>The commands on the durable record.</summary>
public sealed class LedgerModule(ISweepLedger ledger, TimeProvider time)
{
    private const int LinesPerRead = 500;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>The commands.</summary>
    public IEnumerable<OperatorCommand> Commands =>
        [
            new()
            {
                Module = "ledger",
                Name = "tail",
                Description = "Prints the last lines of a sweep's history.",
                Arguments =
                [
                    CommonArguments.Sweep,
                    new()
                    {
                        Name = "lines",
                        Description = "so many lines",
                        Switches = ["-l", "--lines"],
                        Kind = ArgumentKind.Number,
                        Smallest = 1,
                        Largest = 10_000,
                        Default = "20",
                    },
                    CommonArguments.Watch,
                ],
                Handler = TailAsync,
            },
            new()
            {
                Module = "ledger",
                Name = "check",
                Description = "Reads every sweep back and says what does not fit together.",
                Arguments = [CommonArguments.AnySweep],
                Handler = CheckAsync,
            },
        ];

    private async IAsyncEnumerable<AnswerBlock> TailAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var sweep = call.Sweep!.Value;
        var record = await FindAsync(sweep, cancellation);
        var last = new Queue<LedgerEvent>();
        long after = 0;
        await foreach (var line in ReadAsync(sweep, after, cancellation))
        {
            after = line.Number;
            last.Enqueue(line);
            if (last.Count > call.Number("lines"))
            {
                last.Dequeue();
            }
        }

        foreach (var line in last)
        {
            yield return Line(line);
        }

        while (call.Has("watch") && !record.State.IsFinal())
        {
            await Task.Delay(LookAgainAfter, time, cancellation);
            record = await FindAsync(sweep, cancellation);
            await foreach (var line in ReadAsync(sweep, after, cancellation))
            {
                after = line.Number;
                yield return Line(line);
            }
        }

        if (last.Count == 0 && after == 0 && !call.WantsJson)
        {
            yield return new AnswerNote($"Nothing has been noted about sweep {sweep}.");
        }
    }

    private async IAsyncEnumerable<AnswerBlock> CheckAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var records = call.Sweep is { } one
            ? [await FindAsync(one, cancellation)]
            : await ledger.ListSweepsAsync(cancellation);
        var findings = new List<LedgerFinding>();
        foreach (var record in records)
        {
            findings.AddRange(await LedgerCheck.OfAsync(ledger, record, cancellation));
        }

        yield return new AnswerFields([
            new("ledger", ledger.Location),
            new("sweeps", records.Count),
            new("findings", findings.Count),
        ]);
        yield return AnswerTable.Of<LedgerFinding>(
            findings,
            "Everything fits together.",
            (new("sweep"), f => f.Sweep.Value),
            (new("cell"), f => f.Cell?.Value),
            (new("finding"), f => f.Text)
        );
    }

    private async IAsyncEnumerable<LedgerEvent> ReadAsync(
        SweepId sweep,
        long after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        while (true)
        {
            var page = await ledger.ReadEventsAsync(sweep, after, LinesPerRead, cancellation);
            foreach (var line in page)
            {
                yield return line;
            }

            if (page.Count < LinesPerRead)
            {
                yield break;
            }

            after = page[^1].Number;
        }
    }

    private async Task<SweepRecord> FindAsync(SweepId sweep, CancellationToken cancellation) =>
        await ledger.FindSweepAsync(sweep, cancellation)
        ?? throw new UserErrorException($"There is no sweep '{sweep}'; 'sweep list' shows those there are.");

    private static AnswerLine Line(LedgerEvent line) =>
        new(
            $"{TextRendering.Text(line.At)}  {line.Kind}  {line.Text}",
            [new("number", line.Number), new("at", line.At), new("kind", line.Kind), new("text", line.Text)]
        );
}
