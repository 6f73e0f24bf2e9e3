using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Cluster.Telemetry;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace RandomizedSmoothing.Cluster.Tests.Telemetry;

/// <summary>What the actor system tells of itself reaches the node's log, and what it tells again and again does so once.</summary>
public sealed class ActorSystemLogTests : IAsyncLifetime
{
    private const string Timeout =
        "No response from remote for outbound association. Handshake timed out after [15000] ms";
    private readonly FakeLogCollector _log = new();
    private readonly ILoggerFactory _logging;

    // Not public; by name, so that an update that renames them shows.
    private static readonly Type Connection = Internal("Akka.Remote.Transport.ProtocolStateActor, Akka.Remote");
    private static readonly Type Joining = Internal("Akka.Cluster.JoinSeedNodeProcess, Akka.Cluster");

    private readonly FakeTimeProvider _time = new();
    private ActorSystem _system = null!;

    public ActorSystemLogTests() =>
        _logging = LoggerFactory.Create(logging =>
            logging.SetMinimumLevel(Level.Trace).AddProvider(new FakeLoggerProvider(_log))
        );

    public Task InitializeAsync()
    {
        var settings = BootstrapSetup
            .Create()
            .WithConfig(
                $$"""
                akka { loglevel = DEBUG, stdout-loglevel = OFF
                  loggers = ["{{typeof(ActorSystemLog).AssemblyQualifiedName}}"] }
                """
            );
        _system = ActorSystem.Create("logged", settings.And(new ActorSystemLogSetup(_logging, _time)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        _logging.Dispose();
    }

    [Fact]
    public async Task A_peer_that_stays_away_is_told_once_in_ten_minutes()
    {
        for (var attempt = 9; attempt < 12; attempt++)
        {
            Tell(new Error(null, Source(23421, attempt), Connection, Timeout));
        }

        Tell(new Error(null, Source(23425, 1), Connection, Timeout));
        await ToldAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        Tell(new Error(null, Source(23421, 60), Connection, Timeout));

        string[] told = [.. (await ToldAsync()).Where(line => line.Contains("Handshake", StringComparison.Ordinal))];
        told.Count(line => line.StartsWith("Debug", StringComparison.Ordinal)).ShouldBe(2);
        told.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal))
            .ShouldBe(
                new[] { 23421, 23425, 23421 }.Select(port =>
                    $"Error Akka.Remote.Transport.ProtocolStateActor: {Timeout} [tcp://rsmooth@127.0.0.1:{port}]"
                )
            );
    }

    [Fact]
    public async Task How_often_a_node_has_tried_to_join_is_no_news()
    {
        foreach (var attempts in new[] { 2, 3, 14 })
        {
            Tell(
                new Warning("daemon", Joining, $"Couldn't join seed nodes after [{attempts}] attempts, will try again.")
            );
        }

        (await ToldAsync())
            .Count(line =>
                line.StartsWith("Warning Akka.Cluster.JoinSeedNodeProcess: Couldn't", StringComparison.Ordinal)
            )
            .ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_lost_connection_the_cause_is_told_and_no_stack()
    {
        Tell(
            new Warning(
                "akka.tcp://rsmooth@h:1/system/endpointManager/reliable-2",
                typeof(RemoteActorRefProvider),
                $"Association has failed. Reason is: [{Thrown(new InvalidOperationException("Disassociated"))}]"
            )
        );
        Tell(
            new Error(
                Thrown(new InvalidOperationException("Broken off")),
                "akka://rsmooth/system/endpointManager/writer-akka.tcp%3A%2F%2Frsmooth%40h%3A2-2",
                typeof(OneForOneStrategy),
                "An endpoint failed:"
            )
        );
        Tell(
            new Error(
                Thrown(new InvalidOperationException("Gone")),
                "akka://rsmooth/system/endpointManager/writer",
                typeof(OneForOneStrategy),
                "Gone"
            )
        );

        var told = await ToldAsync();

        told.ShouldContain(line =>
            line.StartsWith(
                "Warning Akka.Remote: Association has failed. Reason is: [System.InvalidOperationException: Disassociated] [",
                StringComparison.Ordinal
            )
        );
        told.ShouldContain(line =>
            line.StartsWith("Error Akka.Remote: An endpoint failed: Broken off [", StringComparison.Ordinal)
            && line.EndsWith("writer-akka.tcp://rsmooth@h:2-2]", StringComparison.Ordinal)
        );
        told.ShouldContain("Error Akka.Remote: Gone [akka://rsmooth/system/endpointManager/writer]");
        told.ShouldAllBe(line => !line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_failure_of_an_actor_is_told_with_its_stack()
    {
        for (var time = 0; time < 2; time++)
        {
            Tell(
                new Error(
                    Thrown(new InvalidOperationException("Lost count")),
                    "akka://rsmooth/user/coordinator",
                    typeof(OneForOneStrategy),
                    "Lost count"
                )
            );
        }

        (await ToldAsync())
            .Count(line =>
                line.StartsWith("Error Akka.Actor.OneForOneStrategy: Lost count", StringComparison.Ordinal)
                && line.Contains($"at {typeof(ActorSystemLogTests).FullName}", StringComparison.Ordinal)
            )
            .ShouldBe(2);
    }

    private static Type Internal(string name) => Type.GetType(name, throwOnError: true)!;

    private static string Source(int port, int attempt) =>
        "akka.tcp://rsmooth@127.0.0.1:1/system/transports/akkaprotocolmanager.tcp.0/"
        + $"akkaProtocol-{Uri.EscapeDataString($"tcp://rsmooth@127.0.0.1:{port}")}-{attempt}";

    private static Exception Thrown(Exception error)
    {
        try
        {
            throw error;
        }
        catch (InvalidOperationException caught)
        {
            return caught;
        }
    }

    private void Tell(LogEvent told) => _system.EventStream.Publish(told);

    // Events arrive in order: once the last has, all have.
    private async Task<IReadOnlyList<string>> ToldAsync()
    {
        var mark = $"mark {Guid.NewGuid()}";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Tell(new Warning("test", typeof(ActorSystemLogTests), mark));
        await _log.GetLogsAsync(patience.Token)
            .FirstAsync(line => line.Message.Contains(mark, StringComparison.Ordinal), patience.Token);
        return [.. _log.GetSnapshot().Select(line => $"{line.Level} {line.Category}: {line.Message}{line.Exception}")];
    }
}
