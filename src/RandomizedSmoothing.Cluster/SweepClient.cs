using System.Runtime.CompilerServices;
using Akka.Actor;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>Speaks to the coordinator in short questions, repeated until one is answered; reads bulk from the ledger.</summary>
internal sealed class SweepClient(ISweepLedger ledger, IActorRef coordinator, SweepFeed feed, TimeProvider time)
    : ISweepClient
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WorkersArriveWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MeasuringPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    public async Task<bool> SubmitAsync(SweepDefinition definition, CancellationToken cancellation)
    {
        SweepDefinitionRules.Require(definition);

        // What is stored is begun, whether or not somebody still waits for the answer.
        cancellation.ThrowIfCancellationRequested();
        var addition = await ledger.AddSweepAsync(definition, CancellationToken.None);
        if (addition == SweepAddition.Different)
        {
            throw new UserErrorException(
                $"The ledger {ledger.Location} holds another sweep under the id '{definition.Id}': same id, different "
                    + "content. Give the changed sweep another name, or another folder."
            );
        }

        await CommandAsync(new SweepCommands.Submit(definition.Id), CancellationToken.None);
        return addition == SweepAddition.Added;
    }

    public Task<IReadOnlyList<SweepRecord>> ListAsync(CancellationToken cancellation) =>
        ledger.ListSweepsAsync(cancellation);

    public Task<SweepDefinition?> FindDefinitionAsync(SweepId sweep, CancellationToken cancellation) =>
        ledger.ReadDefinitionAsync(sweep, cancellation);

    public async Task<SweepProgress?> GetProgressAsync(SweepId sweep, CancellationToken cancellation)
    {
        var page = await AskAsync<SweepQueries.ProgressPage>(new SweepQueries.GetProgress(sweep, 0), cancellation);
        if (page.Progress is not { } progress)
        {
            return await ledger.FindSweepAsync(sweep, cancellation) is { } record
                ? record.Progress ?? Without(record)
                : null;
        }

        var cells = progress.Cells.ToList();
        var trainings = progress.Trainings.ToList();
        while (cells.Count < page.TotalCells)
        {
            page = await AskAsync<SweepQueries.ProgressPage>(
                new SweepQueries.GetProgress(sweep, cells.Count),
                cancellation
            );
            if (page.Progress is not { Cells.Count: > 0 } more)
            {
                break;
            }

            cells.AddRange(more.Cells);
            trainings.AddRange(more.Trainings);
        }

        return progress with
        {
            Cells = cells,
            Trainings = trainings,
        };
    }

    public async IAsyncEnumerable<SweepProgress> WatchAsync(
        SweepId sweep,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var changes = feed.Listen(sweep);
        while (true)
        {
            var progress =
                await GetProgressAsync(sweep, cancellation)
                ?? throw new UserErrorException($"There is no sweep {sweep}.");
            yield return progress;
            if (progress.IsFinal)
            {
                yield break;
            }

            await Task.Delay(BetweenLooks, time, cancellation);
            await changes.WaitAsync(LookAgainAfter, cancellation);
        }
    }

    public Task PauseAsync(SweepId sweep, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.Pause(sweep), cancellation);

    public Task ResumeAsync(SweepId sweep, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.Resume(sweep), cancellation);

    public Task CancelAsync(SweepId sweep, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.Cancel(sweep), cancellation);

    public Task RetryAsync(SweepId sweep, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.Retry(sweep), cancellation);

    public Task SetPriorityAsync(SweepId sweep, int priority, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.SetPriority(sweep, priority), cancellation);

    public async Task<IReadOnlyList<WorkerView>> GetWorkersAsync(CancellationToken cancellation)
    {
        var workers = new List<WorkerView>();
        while (true)
        {
            var page = await AskAsync<SweepQueries.Workers>(new SweepQueries.ListWorkers(workers.Count), cancellation);
            workers.AddRange(page.All);
            if (page.All.Count == 0 || workers.Count >= page.Total)
            {
                return workers;
            }
        }
    }

    public async Task<IReadOnlyList<(ThroughputReading Reading, int Devices)>> MeasureAsync(
        ThroughputTask task,
        CancellationToken cancellation
    )
    {
        var devices = await WorkingDevicesAsync(cancellation);
        if (devices.Count == 0)
        {
            throw new UserErrorException(
                "execution.batchSize: tuned is measured on a worker before the sweep begins, and no worker is here yet. Start one and "
                    + "submit again, or write auto or a number of rows."
            );
        }

        var kinds = devices.GroupBy(d => (d.Device.Description.Kind, d.Device.Description.Description));
        return await Task.WhenAll(
            kinds.Select(async alike =>
            {
                var (worker, device) = alike.OrderBy(d => d.Device.Work is not null).First();
                return (await MeasureAsync(worker, device, task, cancellation), alike.Count());
            })
        );
    }

    public async Task<string?> GetTroubleAsync(CancellationToken cancellation) =>
        (await AskAsync<SweepQueries.Trouble>(new SweepQueries.GetTrouble(), cancellation)).Text;

    public Task DrainAsync(string worker, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.DrainWorker(worker), cancellation);

    public Task ReleaseAsync(string work, CancellationToken cancellation) =>
        CommandAsync(new SweepCommands.ReleaseShard(work), cancellation);

    public async Task<CellVotes> GetVotesAsync(SweepId sweep, CellId cell, CancellationToken cancellation)
    {
        var definition =
            await ledger.ReadDefinitionAsync(sweep, cancellation)
            ?? throw new UserErrorException($"There is no sweep {sweep}.");
        var known =
            definition.FindCell(cell)
            ?? throw new UserErrorException(
                $"Sweep {sweep} has no cell '{cell}'. Its cells are: {string.Join(", ", definition.Cells.Select(c => c.Id))}."
            );
        return await LedgerVotes.ReadCellAsync(ledger, definition, known, cancellation);
    }

    // Of a sweep that has never been run, or whose progress cannot be read: where it stands, and nothing of its cells.
    private static SweepProgress Without(SweepRecord record) =>
        new()
        {
            Sweep = record.Id,
            Name = record.Name,
            State = record.State,
            Reason = record.Reason,
            Cells = [],
        };

    // A coordinator that has just begun hears of the workers within a second or two.
    private async Task<List<(string Worker, DeviceView Device)>> WorkingDevicesAsync(CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var devices = (await GetWorkersAsync(cancellation))
                .Where(worker => !worker.Draining)
                .SelectMany(worker => worker.Devices.Select(device => (worker.Name, device)))
                .Where(d => d.device.Suspicion is null)
                .ToList();
            if (devices.Count > 0 || time.GetElapsedTime(start) >= WorkersArriveWithin)
            {
                return devices;
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }
    }

    private async Task<ThroughputReading> MeasureAsync(
        string worker,
        DeviceView device,
        ThroughputTask task,
        CancellationToken cancellation
    )
    {
        var name = $"{device.Description.Name} of {worker}";
        try
        {
            var question = new WorkerProtocol.MeasureThroughput(
                worker,
                device.Description.Name,
                task,
                MeasuringPatience
            );
            var answer = await coordinator.Ask<WorkerProtocol.ThroughputMeasured>(
                question,
                MeasuringPatience,
                cancellation
            );
            return answer.Reading
                ?? throw new UserErrorException(
                    $"The batch shape of the model {task.Model.Name} could not be measured on {name}: {answer.Refusal}"
                );
        }
        catch (AskTimeoutException error)
        {
            throw new UserErrorException(
                $"{name} has not measured the batch shape of the model {task.Model.Name} within {MeasuringPatience.TotalMinutes:0} minutes"
                    + (device.Work is { } work ? $", as it was busy with {work}" : "")
                    + ". Submit again when it is free, or write execution.batchSize: auto or a number of rows.",
                error
            )
            {
                ExitCode = 4,
            };
        }
    }

    private async Task CommandAsync(IWireMessage command, CancellationToken cancellation)
    {
        if ((await AskAsync<SweepCommands.Reply>(command, cancellation)).Refusal is { } refusal)
        {
            throw new UserErrorException(refusal);
        }
    }

    // A question sent while the coordinator moves is lost, so questions are short and repeated; all may be.
    private async Task<T> AskAsync<T>(IWireMessage message, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await coordinator.Ask<T>(message, AskTimeout, cancellation);
            }
            catch (AskTimeoutException error) when (time.GetElapsedTime(start) >= Patience)
            {
                throw new UserErrorException(
                    $"No coordinator has answered for {Patience.TotalSeconds:0} seconds. Check that a majority of the control "
                        + "nodes is running and can reach the ledger.",
                    error
                )
                {
                    ExitCode = 4,
                };
            }
            catch (AskTimeoutException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
