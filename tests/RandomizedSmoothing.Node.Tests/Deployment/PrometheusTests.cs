using k8s.Models;
using RandomizedSmoothing.Node.Observability;
using RandomizedSmoothing.Node.Options;
using YamlDotNet.RepresentationModel;

namespace RandomizedSmoothing.Node.Tests.Deployment;

/// <summary>What Prometheus is told to scrape is there, in compose and on Kubernetes, and answers under this address.</summary>
public sealed class PrometheusTests
{
    private const string Namespace = "rsmooth";
    private const string ClientLabel = "rsmooth.io/client";

    public static TheoryData<string> Overlays => KustomizeTests.Overlays;

    [Fact]
    public void Every_job_asks_where_a_node_answers_and_shows_a_key()
    {
        var jobs = Jobs();

        jobs.Select(job => job["job_name"].ToString()).ShouldBe(["rsmooth-control", "rsmooth-worker"]);
        foreach (var job in jobs)
        {
            job["metrics_path"].ToString().ShouldBe(ObservabilityHosting.MetricsPath);
            job["authorization"]["type"].ToString().ShouldBe("Bearer");
            $"rsmooth-{job["relabel_configs"][0]["replacement"]}".ShouldBe(job["job_name"].ToString());
            job["relabel_configs"][0]["target_label"].ToString().ShouldBe("role");
        }
    }

    [SkippableFact]
    public async Task In_compose_every_role_is_found_by_a_name_and_the_port_is_the_nodes_own()
    {
        var services = await Compose.ServicesAsync();
        var nodes = services.Where(s => Compose.IsNode(s.Value)).ToList();

        foreach (var job in Jobs())
        {
            var (role, names, port) = Target(job);
            foreach (var name in names.Where(name => !name.Contains('.')))
            {
                nodes
                    .Where(node => node.Key == name || Compose.Aliases(node.Value).Contains(name))
                    .ShouldNotBeEmpty(name);
            }

            foreach (var (name, node) in nodes.Where(node => Role(node.Value) == role))
            {
                Compose.Aliases(node).Append(name).Intersect(names).ShouldNotBeEmpty($"nothing scrapes {name}");
                Compose.Variables(node)[NodeSettings.Http.Variable].ShouldEndWith($":{port}");
            }
        }

        var secret = services["prometheus"]["secrets"][0]["target"].ToString();
        Jobs().ShouldAllBe(job => job["authorization"]["credentials_file"].ToString() == secret);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task On_Kubernetes_every_name_is_a_service_with_an_address_for_every_pod(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var job in Jobs())
        {
            var (role, names, port) = Target(job);
            var name = names.Single(n => n.EndsWith("." + Namespace, StringComparison.Ordinal));
            var service = manifests.One<V1Service>(name.Split('.')[0]);
            names.ShouldContain(service.Metadata.Name);
            service.Metadata.NamespaceProperty.ShouldBe(Namespace);
            service.Spec.ClusterIP.ShouldBe("None");
            service.Spec.PublishNotReadyAddresses.ShouldBe(true);
            service.Spec.Ports.ShouldContain(p => p.Port == port);
            var pod = manifests
                .Pods()
                .Single(p => service.Spec.Selector.All(label => p.Template.Metadata.Labels.Contains(label)));
            pod.Owner.ShouldBe(role);
            var container = pod.Template.Spec.Containers[0];
            container.Ports.Single(p => p.Name == "http").ContainerPort.ShouldBe(port);
            manifests.Environment(container)[NodeSettings.Http.Variable]!.ShouldEndWith($":{port}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task On_Kubernetes_a_labelled_pod_is_let_in_from_the_same_name_space_and_from_a_labelled_one(
        string overlay
    )
    {
        Repository.Read("cluster-config", "prometheus.yml").ShouldContain($"(its pod labelled {ClientLabel}=true)");
        var manifests = await Manifests.OfAsync(overlay);

        var rule = manifests
            .One<V1NetworkPolicy>("nodes")
            .Spec.Ingress.Where(rule => rule.FromProperty.Any(peer => IsClient(peer.PodSelector)))
            .ShouldHaveSingleItem();

        rule.Ports.Select(p => p.Port.Value).ShouldBe(["http"]);
        rule.FromProperty.ShouldAllBe(peer => IsClient(peer.PodSelector));
        rule.FromProperty.Count(peer => peer.NamespaceSelector is null).ShouldBe(1);
        rule.FromProperty.Count(peer => IsClient(peer.NamespaceSelector)).ShouldBe(1);
    }

    private static bool IsClient(V1LabelSelector? selector) =>
        selector?.MatchLabels is { Count: 1 } labels
        && labels.TryGetValue(ClientLabel, out var value)
        && value == "true";

    private static string Role(YamlMappingNode service) => Compose.Variables(service)[NodeSettings.Roles.Variable];

    private static (string Role, IReadOnlyList<string> Names, int Port) Target(YamlNode job)
    {
        var discovery = ((YamlSequenceNode)job["dns_sd_configs"]).ShouldHaveSingleItem();
        discovery["type"].ToString().ShouldBe("A");
        return (
            job["relabel_configs"][0]["replacement"].ToString(),
            [.. ((YamlSequenceNode)discovery["names"]).Select(name => name.ToString())],
            int.Parse(discovery["port"].ToString())
        );
    }

    private static List<YamlNode> Jobs()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read("cluster-config", "prometheus.yml")));
        return [.. (YamlSequenceNode)yaml.Documents[0].RootNode["scrape_configs"]];
    }
}
