using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Artifacts;
using RandomizedSmoothing.Node.Dashboard;
using RandomizedSmoothing.Node.Observability;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;
using RandomizedSmoothing.Node.Options;
using RandomizedSmoothing.Node.Scaling;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>Replaces parts of a node; what is null is the product's own.</summary>
public sealed record NodeParts
{
    /// <summary>Opens the devices of a worker.</summary>
    public Func<IServiceProvider, IShardRunnerFactory>? Runners { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Adds to the container of the node, before its actor system is set up.</summary>
    public Action<NodeOptions, IServiceCollection>? Additions { get; init; }

    /// <summary>Sets up logging; null for lines on standard error.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>
/// One process of a cluster: the actor system, in role <c>control</c> the ledger, the HTTP API and files by digest, in role
/// <c>worker</c> the devices. Stopping drains the devices before the node leaves.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private NodeHost(WebApplication app, NodeOptions options)
    {
        (_app, Options) = (app, options);
    }

    /// <summary>The settings that it runs with.</summary>
    public NodeOptions Options { get; }

    /// <summary>The node's container.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where HTTP is served, with the port that was taken.</summary>
    public Uri Http => new(_app.Urls.Single());

    /// <summary>The address by which other nodes know this one.</summary>
    public string Address =>
        Akka.Cluster.Cluster.Get(Services.GetRequiredService<ActorSystem>()).SelfAddress.ToString();

    /// <summary>Opens the ledger and starts everything; returns before the node is a member of the cluster.</summary>
    /// <exception cref="UserErrorException">A port is taken, a device is missing, or the ledger cannot be opened.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeOptions options,
        NodeParts? parts = null,
        CancellationToken cancellation = default
    )
    {
        parts ??= new NodeParts();
        ListeningPorts.RequireFree(options);
        Leftovers.Remove(options.Cache, parts.Time.GetUtcNow());
        var app = Build(options, parts);
        try
        {
            if (app.Services.GetService<ISweepLedger>() is { } ledger)
            {
                await ledger.OpenAsync(cancellation);
            }

            await app.StartAsync(cancellation);
            return new NodeHost(app, options);
        }
        catch (Exception error)
        {
            await DisposeAsync(app);
            if (ListeningPorts.Refusal(error, options) is { } refusal)
            {
                throw refusal;
            }

            throw;
        }
    }

    /// <summary>Waits until the process is told to stop, or the cluster puts the node out.</summary>
    /// <returns>Null where the node was told to stop or to leave; otherwise why it is out and should be started again.</returns>
    public async Task<string?> WaitAsync(CancellationToken cancellation)
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = lifetime.ApplicationStopping.Register(() => told.TrySetResult());
        await using var cancelled = cancellation.Register(() => told.TrySetResult());
        var watch = Services.GetRequiredService<MembershipWatch>();
        await Task.WhenAny(told.Task, watch.PutOut);
        // An actor system that ends also stops its host.
        return watch.WasAsked ? null : watch.Reason;
    }

    /// <summary>Drains the devices, leaves the cluster and ends the node.</summary>
    public async Task StopAsync() => await _app.StopAsync(CancellationToken.None);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await DisposeAsync(_app);

    private static async Task DisposeAsync(WebApplication app)
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private static WebApplication Build(NodeOptions options, NodeParts parts)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [], EnvironmentName = Environments.Production }
        );
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(options.LogLevel);
        if (parts.Logging is { } logging)
        {
            logging(builder.Logging);
        }
        else
        {
            NodeLogging.ToStandardError(builder.Logging, options.LogAsJson);
        }

        NodeLogging.Quieten(builder.Logging);
        NodeServer.Configure(builder.WebHost, options);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(parts.Time);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + TimeSpan.FromSeconds(15));
        services.AddNodeAccess(options.Access);
        services.AddSingleton(options.Submitted);
        services.AddNodeHealth(options);
        services.AddNodeObservability(options);
        services.AddNodeArtifacts(options);
        if (options.Ledger is { } location)
        {
            services.AddSingleton(provider =>
                LedgerFactory.Create(location, parts.Time, provider.GetRequiredService<ILoggerFactory>())
            );
            services.AddSweepApi();
            services.AddOperatorCommands();
            services.AddDashboard();
        }

        if (options.IsWorker)
        {
            services.AddSingleton(parts.Runners ?? NodeDevices.Create);
        }

        if (options.RemoteTls is { } tls)
        {
            services.AddRemoteTls(tls);
        }

        parts.Additions?.Invoke(options, services);
        services.AddSmoothingCluster(NodeCluster.OptionsOf(options));
        var app = builder.Build();
        if (options.IsControl)
        {
            app.UseExceptionHandler(ApiProblems.Options);
            app.UseStatusCodePages();
        }

        app.UseNodeAccess();
        app.MapNodeHealth();
        app.MapNodeMetrics();
        if (options.IsControl)
        {
            app.MapSweepApi();
            app.MapScaling();
            app.MapAbout();
            app.MapOperatorConsole();
            app.MapDashboard();
        }

        return app;
    }
}
