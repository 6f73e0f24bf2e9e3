using k8s.Models;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Deployment;

/// <summary>The component <c>k8s/tls</c>: whoever asks a node asks it as it serves.</summary>
public sealed class TlsComponentTests
{
    private const string Component = "tls";
    private const string Secret = "rsmooth-tls";

    public static TheoryData<string> Overlays => KustomizeTests.Overlays;

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_ask_over_HTTPS_where_nodes_serve_it_and_only_there(string overlay)
    {
        foreach (var (manifests, isTls) in await BothAsync(overlay))
        {
            foreach (var (owner, _, container) in manifests.Nodes())
            {
                manifests.Environment(container).ContainsKey(NodeSettings.TlsCertificate.Variable).ShouldBe(isTls);
                new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.ShouldAllBe(
                    probe => probe.HttpGet.Scheme == (isTls ? "HTTPS" : null),
                    owner
                );
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Certificate_key_and_authority_lie_in_the_secret_that_is_mounted(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay, Component);

        manifests.Nodes().Count().ShouldBe(2);
        foreach (var (owner, pod, container) in manifests.Nodes())
        {
            var volume = pod.Volumes.Single(v => v.Secret?.SecretName == Secret);
            var mount = container.VolumeMounts.Single(m => m.Name == volume.Name);
            mount.ReadOnlyProperty.ShouldBe(true, owner);
            var variables = manifests.Environment(container);
            variables[NodeSettings.TlsCertificate.Variable].ShouldBe($"{mount.MountPath}/tls.crt");
            variables[NodeSettings.TlsKey.Variable].ShouldBe($"{mount.MountPath}/tls.key");
            variables["SSL_CERT_FILE"].ShouldBe($"{mount.MountPath}/ca.crt");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_certificate_is_documented_with_every_name_that_somebody_asks_by(string overlay)
    {
        var documented = Repository.Read("k8s", "README.md");
        documented.ShouldContain($"`{Secret}`");
        var manifests = await Manifests.OfAsync(overlay, Component);
        using var scratch = new ScratchDirectory();

        foreach (var (_, _, container) in manifests.Nodes())
        {
            var variables = manifests.Environment(container);
            var flags = new[]
            {
                NodeSettings.Seed,
                NodeSettings.Http,
                NodeSettings.TlsCertificate,
                NodeSettings.TlsKey,
            }.ToDictionary(s => s.Name, s => (IReadOnlyList<string>)[variables[s.Variable]!]);
            flags[NodeSettings.Roles.Name] = ["worker"];
            flags[NodeSettings.Cache.Name] = [scratch.Path];
            flags[NodeSettings.TlsCertificate.Name] = [scratch.Write("tls.crt", "")];
            flags[NodeSettings.TlsKey.Name] = [scratch.Write("tls.key", "")];

            var asked = NodeOptionsReader.Read(flags, new Dictionary<string, string>()).ControlHttp;

            asked.Count.ShouldBe(3);
            asked.ShouldAllBe(url => url.Scheme == "https" && documented.Contains($"`{url.Host}`"));
        }

        foreach (var scaling in manifests.All<Keda.ScaledObject>())
        {
            var plain = (await Manifests.OfAsync(overlay)).One<Keda.ScaledObject>(scaling.Metadata.Name).Spec;
            var url = new Uri(scaling.Spec.Triggers.Single().Metadata["url"]);
            url.ToString().ShouldBe(plain.Triggers.Single().Metadata["url"].Replace("http:", "https:"));
            documented.ShouldContain($"`{url.Host}`");
        }
    }

    private static async Task<(Manifests Manifests, bool IsTls)[]> BothAsync(string overlay) =>
        [(await Manifests.OfAsync(overlay), false), (await Manifests.OfAsync(overlay, Component), true)];
}
