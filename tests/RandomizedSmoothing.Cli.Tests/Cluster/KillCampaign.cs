using System.Diagnostics;
using System.Globalization;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>What a campaign did and what it cost.</summary>
internal sealed record CampaignFigures
{
    /// <summary>What was done, by kind.</summary>
    public SortedDictionary<string, int> Blows { get; } = new(StringComparer.Ordinal);

    /// <summary>Nodes that ended by themselves, because the others had gone on without them, and were started again.</summary>
    public int Ended { get; set; }

    /// <summary>Seconds until new votes were recorded, a blow, with the blow.</summary>
    public List<(double Seconds, string Blow)> Recovery { get; } = [];

    /// <summary>Draws that killed and frozen workers had counted since they last recorded any, estimated from their rate.</summary>
    public double DrawsLost { get; set; }
}

/// <summary>
/// Deals blows to a cluster that works on a sweep, drawn from a seed: kill -9 of workers and control nodes, frozen processes,
/// a database that is restarted or frozen. A freeze is short, so that the frozen comes back as it was, or long enough for the
/// others to go on without it. Ended processes are started again after a moment, as a supervisor does. The next blow comes when
/// new votes are recorded, and never takes the majority of the control nodes. A sweep that is over ends the campaign.
/// </summary>
internal sealed class KillCampaign(ProcessCluster cluster, Scenario scenario, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(TimeSpan At, NodeSlot Node, Func<Task> Action)> _due = [];
    private readonly Dictionary<string, (long Draws, TimeSpan At, TimeSpan Since)> _seen = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private string _last = "";

    public CampaignFigures Figures { get; } = new();

    public async Task RunAsync(int blows)
    {
        for (var blow = 0; blow < blows && !await cluster.Api.IsFinalAsync(scenario.Sweep); blow++)
        {
            var draws = await scenario.DrawsAsync();
            await cluster.WaitAsync(
                async () =>
                {
                    await PassAsync();
                    return await DealAsync();
                },
                $"blow {blow + 1} of {blows} can be dealt (seed {seed}: {Text()})"
            );
            var recovery = await cluster.WaitAsync(
                async () =>
                {
                    await PassAsync();
                    return await scenario.DrawsAsync() > draws || await cluster.Api.IsFinalAsync(scenario.Sweep);
                },
                $"new votes are recorded after blow {blow + 1} of {blows} (seed {seed}: {Text()})"
            );
            Figures.Recovery.Add((recovery.TotalSeconds, _last));
        }

        await cluster.WaitAsync(
            async () =>
            {
                await PassAsync();
                return _due.Count == 0 && await cluster.Api.IsFinalAsync(scenario.Sweep);
            },
            $"everything that was ended or frozen is back and the sweep has ended (seed {seed}: {Text()})"
        );
    }

    /// <summary>The blows so far, by kind.</summary>
    public string Text() => string.Join(", ", Figures.Blows.Select(blow => $"{blow.Value} × {blow.Key}"));

    /// <summary>Draws a blow and deals it; false when it would not be fair just now.</summary>
    private async Task<bool> DealAsync()
    {
        var kind = _random.Next(100);
        if (kind < 10)
        {
            return await RestartDatabaseAsync();
        }

        if (kind < 15)
        {
            return await FreezeDatabaseAsync();
        }

        var control = kind < 50;
        var freeze = _random.Next(100) < 35;
        var candidates = (control ? cluster.Controls : cluster.Workers).ToList();
        var victim = candidates[_random.Next(candidates.Count)];
        var pause = freeze ? FreezeTime() : Seconds(0.2, 2.2);
        if (!victim.IsRunning || victim.IsFrozen || control && !await cluster.Api.AllReadyAsync(cluster.Controls))
        {
            return false;
        }

        Lose(victim);
        if (freeze)
        {
            await victim.FreezeAsync();
            _due.Add((_clock.Elapsed + pause, victim, victim.ThawAsync));
        }
        else
        {
            await victim.KillAsync();
            StartAfter(pause, victim);
        }

        Count($"{(freeze ? "freeze" : "kill -9")} {(control ? "control" : "worker")}", pause);
        return true;
    }

    private async Task<bool> RestartDatabaseAsync()
    {
        await cluster.Database.StopAsync();
        await cluster.Database.StartAgainAsync();
        Count("restart database", TimeSpan.Zero);
        return true;
    }

    private async Task<bool> FreezeDatabaseAsync()
    {
        var pause = FreezeTime();
        await cluster.Database.FreezeAsync();
        await Task.Delay(pause);
        await cluster.Database.ThawAsync();
        Count("freeze database", pause);
        return true;
    }

    private TimeSpan FreezeTime() => _random.Next(3) == 0 ? Seconds(10, 25) : Seconds(1, 10);

    private TimeSpan Seconds(double least, double most) =>
        TimeSpan.FromSeconds(least + (most - least) * _random.NextDouble());

    /// <summary>Does what is due, as the supervisor that it is, and looks at what the workers have recorded.</summary>
    private async Task PassAsync()
    {
        foreach (var due in _due.Where(due => due.At <= _clock.Elapsed).ToList())
        {
            _due.Remove(due);
            await due.Action();
        }

        foreach (var node in cluster.Controls.Concat(cluster.Workers))
        {
            if (!node.IsRunning && !_due.Exists(due => due.Node == node))
            {
                // Put out by the others, as while it was frozen: any other end is a defect.
                (await node.Process.ExitAsync()).ShouldBe(ExitCodes.Error, cluster.Logs());
                node.Process.Error.ShouldContain("joins as a new node", customMessage: cluster.Logs());
                Figures.Ended++;
                StartAfter(TimeSpan.FromSeconds(0.5), node);
            }
        }

        foreach (var worker in cluster.Workers)
        {
            var draws = await cluster.Records.DrawsOfAsync(worker.Name);
            var known = _seen.GetValueOrDefault(worker.Name, (0, _clock.Elapsed, _clock.Elapsed));
            if (draws > known.Draws)
            {
                _seen[worker.Name] = (draws, _clock.Elapsed, known.Since);
            }
        }
    }

    private void StartAfter(TimeSpan pause, NodeSlot node) =>
        _due.Add(
            (
                _clock.Elapsed + pause,
                node,
                () =>
                {
                    cluster.Start(node);
                    return Task.CompletedTask;
                }
            )
        );

    private void Lose(NodeSlot victim)
    {
        if (_seen.TryGetValue(victim.Name, out var seen))
        {
            var rate = seen.Draws / Math.Max(1, (seen.At - seen.Since).TotalSeconds);
            Figures.DrawsLost += rate * Math.Min(2, (_clock.Elapsed - seen.At).TotalSeconds);
        }
    }

    private void Count(string kind, TimeSpan pause)
    {
        Figures.Blows[kind] = Figures.Blows.GetValueOrDefault(kind) + 1;
        _last = string.Create(CultureInfo.InvariantCulture, $"{kind}, back after {pause.TotalSeconds:0.0} s");
    }
}
