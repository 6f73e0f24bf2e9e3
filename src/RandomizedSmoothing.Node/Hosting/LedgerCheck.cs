using Microsoft.Extensions.Diagnostics.HealthChecks;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>
/// Whether the ledger takes writes: a row that belongs to no sweep is written and flushed. Once a second at most, because
/// whoever reaches the node may ask for its health.
/// </summary>
internal sealed class LedgerCheck(ISweepLedger ledger, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // Longer than the names of sweeps may be.
    private static readonly SweepId Nobody = new(new string('0', 80));
    private static readonly CellId Nowhere = new("health");

    private readonly SharedReads<int, string?> _answers = new(TimeSpan.FromSeconds(1), time);

    // One that was given up waits in the ledger's queue still: another beside it would say no more, and they would pile up.
    private Task _write = Task.CompletedTask;

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellation) =>
        await _answers.GetAsync(0, TryAsync, cancellation) is { } reason
            ? HealthCheckResult.Unhealthy(reason)
            : HealthCheckResult.Healthy("writable");

    private async Task<string?> TryAsync()
    {
        try
        {
            if (_write.IsCompleted)
            {
                var written = new ShardTrouble(Nowhere, 0, 1, TroubleKind.Retry, 0, time.GetUtcNow().ToString("O"));
                _write = ledger.ReplaceTroublesAsync(Nobody, Nowhere, 0, 1, [written], null, CancellationToken.None);
            }

            await _write.WaitAsync(Patience, time, CancellationToken.None);
            return null;
        }
        catch (TimeoutException)
        {
            return $"has taken no write for {Patience.TotalSeconds:0} seconds";
        }
        catch (Exception)
        {
            // Why is in the log; those who ask for health need no key.
            return "takes no writes";
        }
    }
}
