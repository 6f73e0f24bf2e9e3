using System.Globalization;
using Akka.Configuration;

namespace RandomizedSmoothing.Cluster;

/// <summary>The actor system's configuration, from the options.</summary>
internal static class ClusterHocon
{
    /// <summary>Largest message between nodes, bytes; everything that can be large travels in parts of an eighth of it.</summary>
    public const int MaximumFrameBytes = 1024 * 1024;

    /// <summary>The configuration; the options' own HOCON goes over it.</summary>
    public static Config Of(ClusterOptions options)
    {
        var seeds = options.Seeds.Select(seed => $"\"{options.AddressOf(seed)}\"");
        var product = ConfigurationFactory.ParseString(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                akka {
                  loglevel = WARNING
                  stdout-loglevel = OFF
                  stdout-logger-class = "{{typeof(Telemetry.SilentLogger).AssemblyQualifiedName}}"
                  log-dead-letters = off
                  log-dead-letters-during-shutdown = off
                  actor {
                    provider = cluster
                    serializers.rsmooth = "{{typeof(Protocol.WireSerializer).AssemblyQualifiedName}}"
                    serialization-bindings {
                      "{{typeof(Protocol.IWireMessage).AssemblyQualifiedName}}" = rsmooth
                    }
                    serialization-identifiers {
                      "{{typeof(Protocol.WireSerializer).AssemblyQualifiedName}}" = {{Protocol.WireSerializer.Id}}
                    }
                  }
                  remote {
                    log-remote-lifecycle-events = off
                    # Every node writes to connections that it has made itself. Where they are shared, a connection that a node
                    # was making to a dead one, and has given up, can take the place of the one that it writes to: the successor
                    # then hears nothing, for ever (akka/akka-core issue 24393).
                    use-passive-connections = off
                    dot-netty.tcp {
                      enable-ssl = {{(options.IsEncrypted ? "true" : "false")}}
                      hostname = "{{options.Host}}"
                      port = {{options.Port}}
                      public-hostname = "{{options.ReachableHost}}"
                      # On Linux the runtime takes it for leave to share the port: a second node there would get half the connections.
                      tcp-reuse-addr = off
                      tcp-reuse-port = off
                      maximum-frame-size = {{MaximumFrameBytes}}b
                      send-buffer-size = {{2 * MaximumFrameBytes}}b
                      receive-buffer-size = {{2 * MaximumFrameBytes}}b
                    }
                  }
                  cluster {
                    log-info = off
                    roles = [{{string.Join(", ", options.Roles.Select(role => $"\"{role}\""))}}]
                    seed-nodes = [{{string.Join(", ", seeds)}}]
                    retry-unsuccessful-join-after = 2s
                    # The first seed forms a cluster where none answers for so long: longer than others gate a node that has just
                    # been restarted, or it would found a second cluster beside theirs.
                    seed-node-timeout = {{(options.IsFirstSeed ? 15 : 5)}}s
                    downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
                    split-brain-resolver {
                      active-strategy = keep-majority
                      # A process that was frozen takes its own absence for an unstable network. It must not put out the others:
                      # the ledger, not the membership, keeps votes from being counted twice.
                      down-all-when-unstable = off
                      stable-after = {{(long)options.StableAfter.TotalMilliseconds}}ms
                      keep-majority.role = {{ClusterOptions.ControlRole}}
                    }
                    failure-detector.acceptable-heartbeat-pause = 5s
                    singleton.singleton-name = coordinator
                    singleton-proxy.singleton-identification-interval = 500ms
                    sharding {
                      state-store-mode = ddata
                      remember-entities = off
                      passivate-idle-entity-after = 5m
                      handoff-timeout = 15s
                      retry-interval = 500ms
                      waiting-for-state-timeout = 2s
                      updating-state-timeout = 2s
                      distributed-data.durable.keys = []
                      least-shard-allocation-strategy.rebalance-absolute-limit = 20
                      role = {{ClusterOptions.ControlRole}}
                    }
                  }
                  coordinated-shutdown {
                    exit-clr = off
                    run-by-clr-shutdown-hook = off
                    phases.before-service-unbind.timeout = {{(long)options.DrainTimeout.TotalMilliseconds + 1000}}ms
                    phases.cluster-sharding-shutdown-region.timeout = 10s
                  }
                }
                {{Workers.DeviceRunner.Dispatcher}} {
                  type = PinnedDispatcher
                }
                {{(options.Seeds.Count == 0 ? AloneFirst : "")}}
                """
            )
        );
        return options.Hocon is { Length: > 0 } own
            ? ConfigurationFactory.ParseString(own).WithFallback(product)
            : product;
    }

    // A node that is a cluster of its own need not wait for others to agree.
    private const string AloneFirst = """
        akka.cluster {
          gossip-interval = 200ms
          leader-actions-interval = 200ms
          periodic-tasks-initial-delay = 100ms
          distributed-data.gossip-interval = 200ms
          singleton.hand-over-retry-interval = 100ms
          singleton-proxy.singleton-identification-interval = 100ms
        }
        """;
}
