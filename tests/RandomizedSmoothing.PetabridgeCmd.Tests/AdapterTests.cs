using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Answers;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.PetabridgeCmd.Tests;

/// <summary>The adapter against the contract of the API, not against the package.</summary>
public sealed class AdapterTests : TestKit
{
    private static readonly TaskCompletionSource Cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly OperatorConsole _console = new(
        new OperatorPalette([
            Command("sweep", "list", changes: false, ListAsync, flag: true),
            Command("sweep", "cancel", changes: true, ListAsync),
            Command("sweep", "fail", changes: false, FailAsync),
            Command("sweep", "watch", changes: false, WatchAsync),
            Command("cluster", "show", changes: false, ListAsync),
        ]),
        NullLogger<OperatorConsole>.Instance
    );

    [Fact]
    public void Each_module_becomes_a_palette_but_the_one_that_the_package_brings()
    {
        var palette = OperatorPalettes.Of(_console.Palette).ShouldHaveSingleItem();

        palette.ModuleName.ShouldBe("sweep");
        palette.Commands.Select(c => c.Name).ShouldBe(["list", "cancel", "fail", "watch"]);
        var argument = palette.Commands[0].ArgumentsByName["sweep"];
        argument.Switch.ShouldBe(["-s", "--sweep"]);
        argument.Mandatory.ShouldBeTrue();
        palette.Commands[0].ArgumentsByName["output"].DefaultValue.ShouldBe("text");
    }

    [Theory]
    [InlineData("-s", "a b", "sweep list -s \"a b\"")]
    [InlineData("-w", "", "sweep list -w")]
    [InlineData("-w", "true", "sweep list -w")]
    [InlineData("-w", "false", "sweep list")]
    public void Switches_become_a_line_of_the_console(string name, string value, string line)
    {
        var command = _console.Palette.Find("sweep", "list")!;

        OperatorPalettes.Line(command, [Tuple.Create(name, value)]).ShouldBe(line);
    }

    [Fact]
    public void Lines_arrive_in_order_and_an_empty_one_ends_the_command()
    {
        var handler = Sys.ActorOf(Handler(mayChange: true).HandlerProps);

        handler.Tell(new Command("list", [Tuple.Create("-s", "mnist")]), TestActor);

        for (var line = 0; line < 100; line++)
        {
            var response = ExpectMsg<CommandResponse>(TimeSpan.FromSeconds(20));
            response.Output.ShouldBe($"mnist {line}");
            response.Final.ShouldBeFalse();
        }

        ExpectMsg<CommandResponse>(TimeSpan.FromSeconds(20)).ShouldBeSameAs(CommandResponse.Empty);
    }

    [Theory]
    [InlineData("fail", true, "no such sweep")]
    [InlineData("cancel", false, "role operator")]
    public void A_refusal_is_an_error_that_ends_the_command(string command, bool mayChange, string expected)
    {
        var handler = Sys.ActorOf(Handler(mayChange).HandlerProps);

        handler.Tell(new Command(command, [Tuple.Create("-s", "mnist")]), TestActor);

        ExpectMsg<ErroredCommandResponse>(TimeSpan.FromSeconds(20)).Output.ShouldContain(expected);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_what_it_asked_for()
    {
        var client = CreateTestProbe();
        var handler = Sys.ActorOf(Handler(mayChange: true).HandlerProps);
        handler.Tell(new Command("watch", [Tuple.Create("-s", "mnist")]), client.Ref);
        client.ExpectMsg<CommandResponse>(TimeSpan.FromSeconds(20)).Output.ShouldBe("watching");

        Sys.Stop(client.Ref);

        await Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(true, new[] { "sweep", "cluster", "cluster-sharding" })]
    [InlineData(false, new[] { "sweep" })]
    public void Hosting_registers_the_palettes_with_host_and_port(bool mayChange, string[] modules)
    {
        var services = new ServiceCollection();
        services.AddSingleton(_console);
        using var provider = services.BuildServiceProvider();

        new AkkaConfigurationBuilder(services, "pbm").AddOperatorPalettes(
            provider,
            "127.0.0.1",
            PetabridgeCmdHosting.DefaultPort,
            mayChange
        );

        var (options, host) = PetabridgeCmdHostingExtensions.Started.Last();
        options.Host.ShouldBe("127.0.0.1");
        options.Port.ShouldBe(9110);
        host.Handlers.Select(h => h.Palette.ModuleName).ShouldBe(modules);
    }

    [Theory]
    [InlineData("control,worker", 1)]
    [InlineData("worker", 0)]
    public void Only_control_nodes_listen_for_clients(string roles, int listeners)
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = [.. roles.Split(',')],
            ["port"] = ["4054"],
            ["seed"] = [roles == "worker" ? "127.0.0.1:4053" : "127.0.0.1:4054"],
        };
        var services = new ServiceCollection();

        PetabridgeCmdHosting.Add(
            NodeOptionsReader.Read(flags, new Dictionary<string, string> { ["HOME"] = Path.GetTempPath() }),
            services
        );

        services.Count(s => s.ServiceType == typeof(ActorSystemExtension)).ShouldBe(listeners);
    }

    private OperatorPaletteHandler Handler(bool mayChange) =>
        new(OperatorPalettes.Of(_console.Palette).Single(), _console, mayChange);

    private static OperatorCommand Command(
        string module,
        string name,
        bool changes,
        OperatorHandler handler,
        bool flag = false
    ) =>
        new()
        {
            Module = module,
            Name = name,
            Description = "Does something.",
            Changes = changes,
            Arguments =
            [
                new()
                {
                    Name = "sweep",
                    Description = "which",
                    Switches = ["-s", "--sweep"],
                    IsMandatory = true,
                },
                .. flag
                    ? (OperatorArgument[])
                        [
                            new()
                            {
                                Name = "watch",
                                Description = "go on",
                                Switches = ["-w", "--watch"],
                                Kind = ArgumentKind.Flag,
                            },
                        ]
                    : [],
            ],
            Handler = handler,
        };

    private static async IAsyncEnumerable<AnswerBlock> ListAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var line = 0; line < 100; line++)
        {
            await Task.Yield();
            yield return new AnswerNote($"{call.Required("sweep")} {line}");
        }
    }

    private static async IAsyncEnumerable<AnswerBlock> FailAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        throw new UserErrorException("no such sweep");
#pragma warning disable CS0162 // makes the method an iterator
        yield break;
#pragma warning restore CS0162
    }

    private static async IAsyncEnumerable<AnswerBlock> WatchAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        yield return new AnswerNote("watching");
        using var noted = cancellation.Register(() => Cancelled.TrySetResult());
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
