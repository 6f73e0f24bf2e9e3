using System.Net;
using System.Net.Sockets;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Node.Artifacts;

namespace RandomizedSmoothing.Node.Tests.Artifacts;

public sealed class HttpArtifactStoreTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly HttpMessageInvoker _http = ArtifactServer.Invoker();

    [Fact]
    public async Task A_worker_fetches_a_file_from_the_control_node_that_has_it_and_keeps_it()
    {
        await using var without = await ArtifactServer.StartAsync(Folder("control-0"));
        await using var with = await ArtifactServer.StartAsync(Folder("control-1"));
        var (hash, bytes) = Put(with.Cache, 300_000);
        var store = Store(without.Address, with.Address);

        var path = store.Obtain(hash, CancellationToken.None);

        File.ReadAllBytes(path).ShouldBe(bytes);
        store.Find(hash).ShouldBe(path);
        var asked = with.Requests.Count;
        store.Obtain(hash, CancellationToken.None).ShouldBe(path);
        with.Requests.Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Of_a_file_that_nobody_has_nothing_stays()
    {
        await using var without = await ArtifactServer.StartAsync(Folder("control-0"));
        var folder = Folder("worker");
        var nowhere = new Uri("http://127.0.0.1:1");
        var sources = new ArtifactSources { Controls = [without.Address, nowhere], Rounds = 1 };
        var store = new HttpArtifactStore(new ArtifactCache(folder), sources, _http);

        Should.Throw<UserErrorException>(() =>
            store.Obtain(new ContentHash(new string('a', 64)), CancellationToken.None)
        );

        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broken_download_is_taken_up_where_it_broke_off_even_at_another_node()
    {
        await using var breaking = await ArtifactServer.StartAsync(Folder("control-0"), cutAfter: 1_000_000);
        await using var sound = await ArtifactServer.StartAsync(Folder("control-1"));
        var (hash, bytes) = Put(breaking.Cache, 3_000_000);
        Put(sound.Cache, 3_000_000).Hash.ShouldBe(hash);

        var path = Store(breaking.Address, sound.Address).Obtain(hash, CancellationToken.None);

        File.ReadAllBytes(path).ShouldBe(bytes);
        sound.Requests.Single().ShouldStartWith("GET bytes=");
    }

    [Fact]
    public async Task A_control_node_answers_for_its_peers()
    {
        await using var with = await ArtifactServer.StartAsync(Folder("control-0"));
        await using var without = await ArtifactServer.StartAsync(Folder("control-1"), peers: [with.Address]);
        var (hash, bytes) = Put(with.Cache, 1000);

        var path = Store(without.Address).Obtain(hash, CancellationToken.None);

        File.ReadAllBytes(path).ShouldBe(bytes);
        without.Cache.Find(hash).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_nobody_needs_any_more_is_deleted_at_all_control_nodes()
    {
        await using var one = await ArtifactServer.StartAsync(Folder("control-0"));
        await using var other = await ArtifactServer.StartAsync(Folder("control-1"));
        var (hash, _) = Put(one.Cache, 1000);
        Put(other.Cache, 1000);
        var store = Store(one.Address, new Uri("http://127.0.0.1:1"), other.Address);
        store.Obtain(hash, CancellationToken.None);

        store.Discard(hash);

        store.Find(hash).ShouldBeNull();
        one.Cache.Find(hash).ShouldBeNull();
        other.Cache.Find(hash).ShouldBeNull();
    }

    [Fact]
    public async Task Bytes_that_do_not_have_the_digest_are_never_handed_out()
    {
        await using var lying = await ArtifactServer.StartAsync(Folder("control-0"));
        await using var honest = await ArtifactServer.StartAsync(Folder("control-1"));
        var (hash, bytes) = Put(lying.Cache, 1000);
        Put(honest.Cache, 1000);
        lying.Cache.Find(hash).ShouldNotBeNull();
        var file = lying.Cache.PathOf(hash);
        var written = File.GetLastWriteTimeUtc(file);
        File.WriteAllBytes(file, [.. bytes[1..], 0]);
        File.SetLastWriteTimeUtc(file, written);

        var path = Store(lying.Address, honest.Address).Obtain(hash, CancellationToken.None);

        File.ReadAllBytes(path).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_file_that_nobody_has_is_reported_with_every_place_that_was_asked()
    {
        await using var server = await ArtifactServer.StartAsync(Folder("control-0"));
        var gone = new Uri($"http://127.0.0.1:{FreePort()}");
        var hash = new ContentHash(new string('0', 64));

        var error = Should.Throw<UserErrorException>(() =>
            Store(server.Address, gone).Obtain(hash, CancellationToken.None)
        );

        error.Message.ShouldContain(hash.Hex);
        error.Message.ShouldContain(server.Address.Authority + " (does not have it)");
        error.Message.ShouldContain(gone.Authority);
        error.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void A_node_that_accepts_and_then_says_nothing_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var sources = new ArtifactSources
        {
            Controls = [address],
            Patience = TimeSpan.FromSeconds(0.2),
            Rounds = 1,
        };
        var store = new HttpArtifactStore(new ArtifactCache(Folder("worker")), sources, _http);

        Should
            .Throw<UserErrorException>(() => store.Obtain(new ContentHash(new string('1', 64)), CancellationToken.None))
            .Message.ShouldContain("sent nothing for 0.2 s");
    }

    [Fact]
    public async Task What_a_worker_publishes_reaches_every_control_node_once()
    {
        await using var first = await ArtifactServer.StartAsync(Folder("control-0"));
        await using var second = await ArtifactServer.StartAsync(Folder("control-1"));
        var store = Store(first.Address, second.Address);
        var file = _scratch.Write("model", "weights");

        var hash = store.Publish(file, CancellationToken.None);
        store.Publish(file, CancellationToken.None).ShouldBe(hash);

        first.Cache.Find(hash).ShouldNotBeNull();
        second.Cache.Find(hash).ShouldNotBeNull();
        first.Requests.Count(r => r.StartsWith("PUT", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_published_as_it_is_written_reaches_the_control_nodes_and_the_shared_volume()
    {
        await using var control = await ArtifactServer.StartAsync(Folder("control-0"));
        var shared = new ArtifactCache(Folder("shared"));
        var sources = new ArtifactSources { Controls = [control.Address], Shared = shared };
        var store = new HttpArtifactStore(new ArtifactCache(Folder("worker")), sources, _http);

        var hash = store.Publish(stream => stream.Write("weights"u8), CancellationToken.None);

        store.Publish(_scratch.Write("model", "weights"), CancellationToken.None).ShouldBe(hash);
        control.Cache.Find(hash).ShouldNotBeNull();
        shared.Find(hash).ShouldNotBeNull();
        Directory.GetFiles(Folder("worker")).ShouldBeEmpty("nothing is left aside");
    }

    [Fact]
    public async Task Publishing_survives_a_dead_control_node_but_not_the_death_of_all()
    {
        await using var alive = await ArtifactServer.StartAsync(Folder("control-0"));
        var dead = new Uri($"http://127.0.0.1:{FreePort()}");
        var file = _scratch.Write("model", "weights");

        var hash = Store(dead, alive.Address).Publish(file, CancellationToken.None);

        alive.Cache.Find(hash).ShouldNotBeNull();
        Should
            .Throw<UserErrorException>(() => Store(dead).Publish(file, CancellationToken.None))
            .Message.ShouldContain(dead.Authority);
    }

    [Fact]
    public void A_shared_volume_spares_the_network()
    {
        var shared = new ArtifactCache(Folder("shared"));
        var (hash, bytes) = Put(shared, 1000);
        var sources = new ArtifactSources { Controls = [], Shared = shared };
        var store = new HttpArtifactStore(new ArtifactCache(Folder("worker")), sources, _http);

        File.ReadAllBytes(store.Obtain(hash, CancellationToken.None)).ShouldBe(bytes);
        var published = store.Publish(_scratch.Write("model", "weights"), CancellationToken.None);
        shared.Find(published).ShouldNotBeNull();
    }

    [Fact]
    public async Task Several_threads_that_want_one_file_fetch_it_once()
    {
        await using var server = await ArtifactServer.StartAsync(Folder("control-0"));
        var (hash, _) = Put(server.Cache, 500_000);
        var store = Store(server.Address);

        var paths = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => OnItsOwnThread(() => store.Obtain(hash, CancellationToken.None)))
        );

        paths.Distinct().Count().ShouldBe(1);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_upload_whose_bytes_differ_from_its_address_is_refused_and_not_kept()
    {
        await using var server = await ArtifactServer.StartAsync(Folder("control-0"));
        using var client = new HttpClient { BaseAddress = server.Address };
        var hash = new ContentHash(new string('a', 64));

        var answer = await client.PutAsync(ArtifactRoutes.Of(server.Address, hash), new StringContent("other"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Nothing was kept");
        server.Cache.Find(hash).ShouldBeNull();
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await using var server = await ArtifactServer.StartAsync(Folder("control-0"));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var path = ArtifactRoutes.Of(server.Address, new ContentHash(new string('a', 64))).PathAndQuery;
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nbeginning"
                )
            );
        await Eventually.Async(() => Task.FromResult(Incoming("control-0").Length == 1), "the upload has begun");

        client.Close();

        await Eventually.Async(() => Task.FromResult(Incoming("control-0").Length == 0), "nothing is left of it");
    }

    [Fact]
    public async Task A_download_beside_that_of_another_process_leaves_nothing_when_it_breaks_off()
    {
        await using var breaking = await ArtifactServer.StartAsync(Folder("control-0"), cutAfter: 1_000_000);
        var (hash, bytes) = Put(breaking.Cache, 3_000_000);
        var common = Path.Combine(Folder("worker"), "incoming", hash.Hex);
        Directory.CreateDirectory(Path.GetDirectoryName(common)!);
        await using var other = new FileStream(common, FileMode.CreateNew, FileAccess.Write, FileShare.None);

        var path = Store(breaking.Address).Obtain(hash, CancellationToken.None);

        File.ReadAllBytes(path).ShouldBe(bytes);
        breaking.Requests.Count.ShouldBe(2);
        Incoming("worker").ShouldBe([common]);
    }

    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("ABC")]
    [InlineData("zz")]
    public async Task An_address_that_is_no_digest_is_refused(string hash)
    {
        await using var server = await ArtifactServer.StartAsync(Folder("control-0"));
        using var client = new HttpClient { BaseAddress = server.Address };

        (await client.GetAsync($"/api/v1/artifacts/{hash}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    public void Dispose()
    {
        _http.Dispose();
        _scratch.Dispose();
    }

    private string Folder(string name) => Path.Combine(_scratch.Path, name);

    private string[] Incoming(string name) =>
        Directory.Exists(Path.Combine(Folder(name), "incoming"))
            ? Directory.GetFiles(Path.Combine(Folder(name), "incoming"))
            : [];

    private HttpArtifactStore Store(params Uri[] controls) =>
        new(
            new ArtifactCache(Folder("worker")),
            new ArtifactSources
            {
                Controls = controls,
                Rounds = 2,
                FirstPause = TimeSpan.FromMilliseconds(10),
            },
            _http
        );

    private (ContentHash Hash, byte[] Bytes) Put(ArtifactCache cache, int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return (cache.Publish(stream => stream.Write(bytes), CancellationToken.None), bytes);
    }

    private static Task<string> OnItsOwnThread(Func<string> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
