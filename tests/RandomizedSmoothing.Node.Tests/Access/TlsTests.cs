using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Access;

/// <summary>TLS for HTTP, and mutual TLS between nodes, with certificates made for the test.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_node_with_a_certificate_serves_https_and_no_plain_http()
    {
        using var authority = new TestAuthority(_scratch, "authority");
        var (certificate, key) = authority.Issue("node");
        await using var node = await StartAsync("a", [], $"tls-certificate={certificate}", $"tls-key={key}");
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = authority.Policy() },
        };
        using var http = new HttpClient(handler) { BaseAddress = node.Http };

        node.Http.Scheme.ShouldBe("https");
        var answer = await http.GetAsync("/health/live");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeTrue();
        using var plain = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() =>
            plain.GetAsync($"http://{node.Http.Authority}/health/live")
        );
    }

    [Fact]
    public async Task Nodes_of_one_authority_find_each_other_and_no_other_joins()
    {
        using var authority = new TestAuthority(_scratch, "authority");
        using var impostor = new TestAuthority(_scratch, "impostor");
        await using var first = await StartAsync("first", [], Remote(authority, authority, "first"));
        var seed = new Uri(
            first.Address.Replace("akka.ssl.tcp://rsmooth@", "tcp://", StringComparison.Ordinal)
        ).Authority;
        await using var second = await StartAsync("second", [seed], Remote(authority, authority, "second"));
        await using var stranger = await StartAsync("stranger", [seed], Remote(impostor, authority, "stranger"));
        await using var plain = await StartAsync("plain", [seed]);

        await Eventually.Async(
            () => Task.FromResult(Members(first) == 2 && Members(second) == 2),
            "the second node is a member, and knows it"
        );
        Members(stranger).ShouldBe(0);
        Members(plain).ShouldBe(0);
    }

    [Fact]
    public void Half_of_the_files_are_not_enough()
    {
        var file = _scratch.Write("x.pem", "nothing");

        Should
            .Throw<UserErrorException>(() => Options("a", [], $"tls-key={file}"))
            .Message.ShouldContain("--tls-certificate");
        Should
            .Throw<UserErrorException>(() => Options("a", [], $"remote-tls-authority={file}"))
            .Message.ShouldContain("all three");
    }

    [Fact]
    public async Task Files_that_are_no_certificate_are_named()
    {
        var file = _scratch.Write("x.pem", "nothing");

        var error = await Should.ThrowAsync<UserErrorException>(() =>
            StartAsync("a", [], $"tls-certificate={file}", $"tls-key={file}")
        );

        error.Message.ShouldContain(file);
    }

    private static int Members(NodeHost node) =>
        new AkkaMembership(node.Services.GetRequiredService<ActorSystem>()).Members.Count(m => m.Status == "up");

    private static string[] Remote(TestAuthority issuer, TestAuthority trusted, string name)
    {
        var (certificate, key) = issuer.Issue(name);
        return
        [
            $"remote-tls-certificate={certificate}",
            $"remote-tls-key={key}",
            $"remote-tls-authority={trusted.File}",
        ];
    }

    private NodeOptions Options(string name, string[] seeds, params string[] flags)
    {
        var given = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = [seeds.Length > 0 ? "worker" : "control"],
            ["name"] = [name],
            ["cache"] = [Path.Combine(_scratch.Path, name)],
            ["http"] = ["127.0.0.1:0"],
            ["port"] = ["0"],
        };
        if (seeds.Length > 0)
        {
            given["seed"] = seeds;
        }

        foreach (var parts in flags.Select(flag => flag.Split('=', 2)))
        {
            given[parts[0]] = [parts[1]];
        }

        return NodeOptionsReader.Read(given, new Dictionary<string, string>());
    }

    private Task<NodeHost> StartAsync(string name, string[] seeds, params string[] flags) =>
        NodeHost.StartAsync(
            Options(name, seeds, flags),
            new NodeParts { Logging = logging => logging.ClearProviders() }
        );

    /// <summary>An authority that lives as long as a test.</summary>
    private sealed class TestAuthority : IDisposable
    {
        private readonly ScratchDirectory _scratch;
        private readonly string _name;
        private readonly X509Certificate2 _certificate;

        public TestAuthority(ScratchDirectory scratch, string name)
        {
            (_scratch, _name) = (scratch, name);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _certificate = request.CreateSelfSigned(From, Until);
            File = scratch.Write($"{name}.pem", _certificate.ExportCertificatePem());
        }

        public string File { get; }

        private static DateTimeOffset From => TimeProvider.System.GetUtcNow().AddDays(-1);

        private static DateTimeOffset Until => TimeProvider.System.GetUtcNow().AddDays(1);

        public X509ChainPolicy Policy()
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.Add(_certificate);
            return policy;
        }

        /// <summary>A certificate for loopback.</summary>
        public (string Certificate, string Key) Issue(string name)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(
                $"CN={name}",
                key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var issued = request.Create(
                _certificate.SubjectName,
                X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!),
                From,
                Until.AddHours(-1),
                RandomNumberGenerator.GetBytes(8)
            );
            return (
                _scratch.Write($"{_name}-{name}.pem", issued.ExportCertificatePem()),
                _scratch.Write($"{_name}-{name}-key.pem", key.ExportPkcs8PrivateKeyPem())
            );
        }

        public void Dispose() => _certificate.Dispose();
    }
}
