using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Node.Options;
using RandomizedSmoothing.Node.Scaling;

namespace RandomizedSmoothing.Node.Observability;

/// <summary>
/// Metrics for Prometheus at <see cref="MetricsPath"/>, and traces (sweep, cell, shard) and metrics by OTLP where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so.
/// </summary>
internal static class ObservabilityHosting
{
    public const string MetricsPath = "/metrics";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddNodeObservability(this IServiceCollection services, NodeOptions options)
    {
        if (options.IsControl)
        {
            services.AddSingleton<LoadWatch>();
            services.AddHostedService(provider => provider.GetRequiredService<LoadWatch>());
            services.AddSingleton<ClusterMetrics>();
        }

        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    "rsmooth",
                    serviceInstanceId: options.Name,
                    autoGenerateServiceInstanceId: options.Name is null
                )
            )
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(Instruments.Name)
                    .AddMeter("Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                    .AddView(Instruments.Shards.Name, new MetricStreamConfiguration { TagKeys = [] })
                    .AddPrometheusExporter();
                if (options.IsControl)
                {
                    metrics.AddInstrumentation(provider => provider.GetRequiredService<ClusterMetrics>());
                }
            });
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint)))
        {
            telemetry.WithTracing(tracing => tracing.AddSource(Instruments.Name)).UseOtlpExporter();
        }
    }

    public static void MapNodeMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint(MetricsPath);
}
