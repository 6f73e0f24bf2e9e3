using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Options;

public sealed class NodeOptionsReaderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Fact]
    public void Without_any_setting_a_node_is_a_cluster_of_its_own_on_loopback()
    {
        var options = Read();

        options.Roles.ShouldBe(NodeRoles.Control | NodeRoles.Worker);
        options.Host.ShouldBe("127.0.0.1");
        options.PublicHost.ShouldBe("127.0.0.1");
        options.Http.ShouldBe(new HostAndPort("127.0.0.1", 8080));
        options.Seeds.ShouldBeEmpty();
        options.Ledger.ShouldBe(new LedgerLocation(LedgerKind.Sqlite, Path.Combine(options.Cache, "ledger.db")));
        options.Devices.ShouldBe(DeviceSelection.Automatic);
        options.LogLevel.ShouldBe(LogLevel.Information);
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_a_variable_over_a_file()
    {
        var file = _scratch.Write("node.hocon", "rsmooth { port = 1, lease = 70s, drain-timeout = 3m }");

        var options = Read(["port=3", $"config={file}"], ["RSMOOTH_PORT=2", "RSMOOTH_LEASE=80s"]);

        options.Port.ShouldBe(3);
        options.Lease.ShouldBe(TimeSpan.FromSeconds(80));
        options.DrainTimeout.ShouldBe(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public void A_later_file_wins_over_an_earlier_one_and_json_says_the_same_as_hocon()
    {
        var first = _scratch.Write("a.hocon", "rsmooth { port = 1, roles = [control] }\nakka.loglevel = INFO");
        var second = _scratch.Write("b.json", """{ "rsmooth": { "port": 2 } }""");

        var options = Read([$"config={first},{second}"]);

        options.Port.ShouldBe(2);
        options.Roles.ShouldBe(NodeRoles.Control);
        options.ActorSystemHocon.Count.ShouldBe(2);
        options.ActorSystemHocon[0].ShouldContain("loglevel");
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_place()
    {
        var file = _scratch.Write("node.hocon", "rsmooth { lease = 5s, prot = 1 }");

        var message = Refusal(
            ["port=70000", "roles=control,boss", "http=everywhere", $"config={file}"],
            ["RSMOOTH_SEED=control-0", "RSMOOTH_DEVICES=tpu:1", "RSMOOTH_LOG_LEVEL=loud"]
        );

        message.ShouldContain("--port is '70000'");
        message.ShouldContain("--roles is 'boss'");
        message.ShouldContain("--http is 'everywhere'");
        message.ShouldContain("RSMOOTH_SEED is 'control-0'");
        message.ShouldContain("RSMOOTH_DEVICES is 'tpu:1'");
        message.ShouldContain("RSMOOTH_LOG_LEVEL is 'loud'");
        message.ShouldContain("rsmooth.prot in " + file + " is not a setting; did you mean rsmooth.port?");
        message.ShouldContain("rsmooth.lease in " + file + " is 5s");
        message.ShouldContain("8 things");
    }

    [Theory]
    [InlineData("roles=worker", "needs a control node to join")]
    [InlineData("port=8080", "both name port 8080")]
    [InlineData("public-host=0.0.0.0", "cannot reach a node by it")]
    [InlineData("seed=a:1,b:2", "Use --ledger postgres:CONNECTION")]
    [InlineData("seed=a:1", "Give --roles worker to lend devices only")]
    [InlineData("ledger=oracle:x", "sqlite:PATH or postgres:CONNECTION")]
    [InlineData("ledger=postgres:Database=x", "names no Host")]
    [InlineData("ledger=postgres:Hots=x", "not a connection string")]
    [InlineData("data=/no/such/place", "there is no such directory")]
    [InlineData("artifacts=/no/such/place", "mount the shared volume first")]
    [InlineData("cache=/proc/cache", "nothing can be written there")]
    [InlineData("lease=10s", "at least twice as long")]
    [InlineData("lease=soon", "a duration is a number")]
    [InlineData("stable-after=10m", "between 1s and 5m")]
    [InlineData("host=a:1", "without a port")]
    [InlineData("devices=cuda:0,0", "each GPU once")]
    [InlineData("control-http=control-0:8080", "http://control-0:8080 is expected")]
    [InlineData("config=/no/such/file.json", "cannot be read")]
    [InlineData("ledger-password-file=/no/such/file", "has no password")]
    public void A_value_that_cannot_work_is_refused_with_the_rule(string flag, string rule) =>
        Refusal([flag]).ShouldContain(rule);

    [Fact]
    public void A_control_node_with_a_file_for_a_ledger_may_name_itself_as_the_seed_and_a_worker_any_other()
    {
        Read(["seed=127.0.0.1:4053"]).Seeds.ShouldBe([new HostAndPort("127.0.0.1", 4053)]);
        Read(["seed=a:1", "roles=worker"]).Ledger.ShouldBeNull();
        Read(["seed=a:1", "ledger=postgres:Host=b"]).Seeds.ShouldBe([new HostAndPort("a", 1)]);
    }

    [Fact]
    public void A_json_file_is_held_to_json_with_line_and_column()
    {
        var file = _scratch.Write("node.json", "{\n  \"rsmooth\": { port = 3 }\n}");

        Refusal([$"config={file}"]).ShouldContain("line 2, column 16");
    }

    [Fact]
    public void A_password_comes_from_its_file_and_never_shows()
    {
        var secret = _scratch.Write("password", "hunter2\n");

        var options = Read(["ledger=postgres:Host=db;Database=r", $"ledger-password-file={secret}", "seed=a:1,b:2"]);

        options.Ledger!.Target.ShouldContain("Password=hunter2");
        options.Ledger.ToString().ShouldNotContain("hunter2");
        Refusal(["ledger=postgres:Host=db;Password=hunter3", $"ledger-password-file={secret}"])
            .ShouldSatisfyAllConditions(
                m => m.ShouldContain("give only one of them"),
                m => m.ShouldNotContain("hunter")
            );
        Refusal(["ledger=postgers:Host=db;Password=hunter3"]).ShouldNotContain("hunter3");
        var twice = new Dictionary<string, IReadOnlyList<string>>
        {
            ["ledger"] = ["postgres:Host=a;Password=hunter3", "postgres:Host=b;Password=hunter3"],
        };
        Should
            .Throw<UserErrorException>(() => NodeOptionsReader.Read(twice, new Dictionary<string, string>()))
            .Message.ShouldSatisfyAllConditions(
                m => m.ShouldContain("--ledger is given 2 times"),
                m => m.ShouldNotContain("hunter")
            );
    }

    [Fact]
    public void A_password_on_the_command_line_is_warned_of()
    {
        const string Ledger = "postgres:Host=db;Password=hunter2";

        Read([$"ledger={Ledger}", "seed=a:1,b:2"])
            .Warnings.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                w => w.ShouldContain("--ledger-password-file"),
                w => w.ShouldNotContain("hunter2")
            );
        Read(["seed=a:1,b:2"], [$"RSMOOTH_LEDGER={Ledger}"]).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Files_are_fetched_from_the_hosts_of_the_seeds_unless_told_otherwise()
    {
        var seeds = new[] { "roles=worker", "http=0.0.0.0:9000", "seed=control-0:4053,control-1:4053" };

        Read(seeds).ControlHttp.ShouldBe([new Uri("http://control-0:9000"), new Uri("http://control-1:9000")]);
        Read([.. seeds, "control-http=https://files:1"]).ControlHttp.ShouldBe([new Uri("https://files:1")]);
    }

    [Fact]
    public void A_mistyped_variable_is_pointed_out()
    {
        Read([], ["RSMOOTH_LEDGR=sqlite:x"])
            .Warnings.ShouldBe([
                "RSMOOTH_LEDGR is not a setting of a node and is ignored; did you mean RSMOOTH_LEDGER?",
            ]);
    }

    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("cpu", "cpu:1")]
    [InlineData("cpu:2", "cpu:2")]
    [InlineData("cuda:0,1", "cuda:0,1")]
    [InlineData("cuda", "cuda")]
    [InlineData("cuda:0,cuda:1", "cuda:0,1")]
    [InlineData("cpu:2,cuda:0", "cpu:2,cuda:0")]
    public void Devices_are_read_as_documented(string text, string meaning) =>
        Read([$"devices={text}"]).Devices.ToString().ShouldBe(meaning);

    [Theory]
    [InlineData("90", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    public void Durations_are_read_as_documented(string text, int milliseconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
        Durations.TryParse(Durations.Format(duration), out var again).ShouldBeTrue();
        again.ShouldBe(duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1e9h")]
    [InlineData("NaN")]
    public void Other_durations_are_refused(string text) => Durations.TryParse(text, out _).ShouldBeFalse();

    public void Dispose() => _scratch.Dispose();

    private string Refusal(string[] flags, string[]? variables = null)
    {
        var error = Should.Throw<UserErrorException>(() => Read(flags, variables));
        error.ExitCode.ShouldBe(2);
        return error.Message;
    }

    private NodeOptions Read(string[]? flags = null, string[]? variables = null)
    {
        var environment = Pairs(variables ?? []);
        environment["XDG_CACHE_HOME"] = _scratch.Path;
        return NodeOptionsReader.Read(
            Pairs(flags ?? []).ToDictionary(f => f.Key, f => (IReadOnlyList<string>)[f.Value]),
            environment
        );
    }

    private static Dictionary<string, string> Pairs(string[] texts) =>
        texts.ToDictionary(t => t[..t.IndexOf('=')], t => t[(t.IndexOf('=') + 1)..]);
}
