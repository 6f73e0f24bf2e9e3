using Akka.Actor;
using Akka.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>
/// Health over HTTP. <c>/health/live</c>: the cluster has not put the node out, a restart would not help. <c>/health/ready</c>: the
/// node is an up member, and on control nodes the ledger can be written and the coordinator is reachable and holds nothing up.
/// <c>/health/startup</c>: it has been
/// ready once.
/// </summary>
internal static class NodeHealth
{
    private const string Live = "live";
    private const string Ready = "ready";

    public static void AddNodeHealth(this IServiceCollection services, NodeOptions options)
    {
        services.AddSingleton<StartupLatch>();
        var checks = services
            .AddHealthChecks()
            .AddCheck<ActorSystemCheck>("actor-system", tags: [Live, Ready])
            .AddCheck<MembershipCheck>("membership", tags: [Ready]);
        if (options.IsControl)
        {
            services.AddSingleton<LedgerCheck>();
            checks
                .AddCheck<LedgerCheck>("ledger", tags: [Ready])
                .AddCheck<CoordinatorCheck>("coordinator", tags: [Ready]);
        }
    }

    public static void MapNodeHealth(this IEndpointRouteBuilder routes)
    {
        // Supervisors have no key, and ask however busy the node is.
        var health = routes.MapGroup("").AllowAnonymous().DisableRateLimiting();
        var latch = routes.ServiceProvider.GetRequiredService<StartupLatch>();
        health.MapHealthChecks("/health/live", Only(Live, _ => { })).ExcludeFromDescription();
        health.MapHealthChecks("/health/ready", Only(Ready, latch.Note)).ExcludeFromDescription();
        health
            .MapGet(
                "/health/startup",
                async (CancellationToken cancellation) =>
                {
                    var report = await latch.CheckAsync(cancellation);
                    return report is null
                        ? Results.Json(new { status = "healthy" })
                        : Results.Json(View(report), statusCode: StatusCodes.Status503ServiceUnavailable);
                }
            )
            .ExcludeFromDescription();
    }

    private static HealthCheckOptions Only(string tag, Action<HealthReport> see) =>
        new()
        {
            Predicate = check => check.Tags.Contains(tag),
            ResponseWriter = (context, report) =>
            {
                see(report);
                return context.Response.WriteAsJsonAsync(View(report));
            },
        };

    private static object View(HealthReport report) =>
        new
        {
            status = report.Status.ToString().ToLowerInvariant(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key,
                entry => entry.Value.Description ?? entry.Value.Status.ToString().ToLowerInvariant()
            ),
        };

    /// <summary>Remembers that the node was ready.</summary>
    internal sealed class StartupLatch(HealthCheckService health)
    {
        private volatile bool _started;

        /// <summary>Takes notice of an answer to whether it is ready.</summary>
        public void Note(HealthReport report) => _started |= report.Status != HealthStatus.Unhealthy;

        /// <summary>Null once the node has been ready, otherwise why it is not.</summary>
        public async Task<HealthReport?> CheckAsync(CancellationToken cancellation)
        {
            if (_started)
            {
                return null;
            }

            var report = await health.CheckHealthAsync(check => check.Tags.Contains(Ready), cancellation);
            Note(report);
            return _started ? null : report;
        }
    }

    private sealed class ActorSystemCheck(MembershipWatch watch) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellation) =>
            Task.FromResult(
                watch.Reason is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy("running")
            );
    }

    private sealed class MembershipCheck(ActorSystem system) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellation)
        {
            var status = Akka.Cluster.Cluster.Get(system).SelfMember.Status;
            var text = status == MemberStatus.Removed ? "no member" : status.ToString().ToLowerInvariant();
            return Task.FromResult(
                status == MemberStatus.Up ? HealthCheckResult.Healthy(text) : HealthCheckResult.Unhealthy(text)
            );
        }
    }

    private sealed class CoordinatorCheck(ISweepClient client) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellation
        )
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            try
            {
                return await client.GetTroubleAsync(limit.Token).WaitAsync(Patience, cancellation) is not null
                    ? HealthCheckResult.Unhealthy(
                        "waits for the ledger: 'rsmooth doctor --cluster' and the log say why"
                    )
                    : HealthCheckResult.Healthy("reachable");
            }
            catch (Exception) when (!cancellation.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy("not reachable");
            }
        }
    }
}
