using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>The commands on sweeps.</summary>
public sealed class SweepModule(ISweepClient sweeps)
{
    private static readonly ImmutableArray<string> States =
    [
        "open",
        "final",
        .. Enum.GetValues<SweepState>().Select(Words.Of),
    ];

    /// <summary>The commands.</summary>
    public IEnumerable<OperatorCommand> Commands =>
        [
            new()
            {
                Module = "sweep",
                Name = "list",
                Description = "Lists sweeps, the last submitted first.",
                Arguments =
                [
                    new()
                    {
                        Name = "state",
                        Description = "only sweeps in this state; open and final stand for several",
                        Switches = ["-t", "--state"],
                        Kind = ArgumentKind.Choice,
                        Choices = States,
                    },
                    new()
                    {
                        Name = "limit",
                        Description = "at most so many",
                        Switches = ["-l", "--limit"],
                        Kind = ArgumentKind.Number,
                        Smallest = 1,
                        Default = "50",
                    },
                ],
                Handler = ListAsync,
            },
            OnOne("show", "Shows a sweep with its cells, trainings and warnings.", changes: false, ShowAsync),
            new()
            {
                Module = "sweep",
                Name = "progress",
                Description = "Says how far a sweep is, once or until its end.",
                Arguments = [CommonArguments.Sweep, CommonArguments.Watch],
                Handler = ProgressAsync,
            },
            OnOne("pause", "Holds a sweep; what is counted stays.", true, Tell(sweeps.PauseAsync, "is paused")),
            OnOne("resume", "Lets a held sweep go on.", true, Tell(sweeps.ResumeAsync, "goes on")),
            OnOne("cancel", "Ends a sweep; its votes stay.", true, Tell(sweeps.CancelAsync, "is cancelled")),
            OnOne(
                "retry",
                "Tries again what was given up, or begins an ended sweep anew from its votes.",
                true,
                Tell(sweeps.RetryAsync, "is tried again")
            ),
            new()
            {
                Module = "sweep",
                Name = "priority",
                Description = "Puts a sweep before or behind others.",
                Changes = true,
                Arguments =
                [
                    CommonArguments.Sweep,
                    new()
                    {
                        Name = "priority",
                        Description = "higher goes first",
                        Switches = ["-p", "--priority"],
                        Kind = ArgumentKind.Number,
                        IsMandatory = true,
                    },
                ],
                Handler = PriorityAsync,
            },
        ];

    private static OperatorCommand OnOne(string name, string description, bool changes, OperatorHandler handler) =>
        new()
        {
            Module = "sweep",
            Name = name,
            Description = description,
            Changes = changes,
            Arguments = [CommonArguments.Sweep],
            Handler = handler,
        };

    private static OperatorHandler Tell(Func<SweepId, CancellationToken, Task> action, string outcome)
    {
        return Handler;

        async IAsyncEnumerable<AnswerBlock> Handler(
            OperatorCall call,
            [EnumeratorCancellation] CancellationToken cancellation
        )
        {
            var sweep = call.Sweep!.Value;
            await action(sweep, cancellation);
            yield return new AnswerNote($"Sweep {sweep} {outcome}.");
        }
    }

    private async IAsyncEnumerable<AnswerBlock> ListAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var all = await LiveProgress.OverAsync(
            await sweeps.ListAsync(cancellation),
            sweeps.GetProgressAsync,
            cancellation
        );
        var chosen = all.Reverse().Where(s => IsIn(s.State, call.Text("state"))).Take(call.Number("limit"));
        yield return AnswerTable.Of<SweepRecord>(
            chosen,
            all.Count == 0 ? "There are no sweeps." : "No sweep is in this state.",
            (new("id"), s => s.Id.Value),
            (new("state"), s => Words.Of(s.State)),
            (new("priority"), s => s.Priority),
            (new("imagesDone"), s => s.Progress?.ImagesDone),
            (new("images"), s => s.Progress?.Images),
            (new("draws", AnswerForm.Count), s => s.Progress?.Draws),
            (new("submitted"), s => s.SubmittedAt),
            (new("reason"), s => s.Reason)
        );
    }

    private async IAsyncEnumerable<AnswerBlock> ShowAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var progress = await FindAsync(call.Sweep!.Value, cancellation);
        yield return new AnswerFields([
            new("id", progress.Sweep.Value),
            new("name", progress.Name),
            new("reason", progress.Reason),
            .. ProgressAnswer.Values(progress),
            new("warnings", progress.Warnings),
        ]);
        yield return AnswerTable.Of<CellProgress>(
            progress.Cells,
            "The sweep has no cells.",
            (new("cell"), c => c.Cell.Value),
            (new("imagesDone"), c => c.ImagesDone),
            (new("images"), c => c.Images),
            (new("draws", AnswerForm.Count), c => c.Draws),
            (new("quarantined"), c => c.Quarantined)
        );
        if (progress.Trainings.Count > 0)
        {
            yield return AnswerTable.Of<TrainingStatus>(
                progress.Trainings,
                "",
                (new("model"), t => t.Model),
                (new("trainSigma"), t => t.Sigma),
                (new("fraction", AnswerForm.Share), t => t.Done ? 1.0 : t.Fraction),
                (new("done"), t => t.Done),
                (new("worker"), t => t.Worker)
            );
        }
    }

    private async IAsyncEnumerable<AnswerBlock> ProgressAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var sweep = call.Sweep!.Value;
        if (!call.Has("watch"))
        {
            yield return ProgressAnswer.Line(await FindAsync(sweep, cancellation));
            yield break;
        }

        string? last = null;
        await foreach (var progress in sweeps.WatchAsync(sweep, cancellation))
        {
            var line = ProgressAnswer.Line(progress);
            if (line.Text != last)
            {
                last = line.Text;
                yield return line;
            }
        }
    }

    private async IAsyncEnumerable<AnswerBlock> PriorityAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var (sweep, priority) = (call.Sweep!.Value, call.Number("priority"));
        await sweeps.SetPriorityAsync(sweep, priority, cancellation);
        yield return new AnswerNote(FormattableString.Invariant($"Sweep {sweep} has priority {priority}."));
    }

    private async Task<SweepProgress> FindAsync(SweepId sweep, CancellationToken cancellation) =>
        await sweeps.GetProgressAsync(sweep, cancellation)
        ?? throw new UserErrorException($"There is no sweep '{sweep}'; 'sweep list' shows those there are.");

    private static bool IsIn(SweepState state, string? wanted)
    {
        var final = state.IsFinal();
        return wanted switch
        {
            null => true,
            "open" => !final,
            "final" => final,
            _ => wanted == Words.Of(state),
        };
    }
}
