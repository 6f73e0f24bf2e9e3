using k8s.Models;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Deployment;

public sealed class KustomizeTests
{
    public static TheoryData<string> Overlays =>
        new(Directory.GetDirectories(Repository.PathOf("k8s", "overlays")).Select(p => Path.GetFileName(p)).Order());

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Everything_lives_in_one_name_space(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        manifests.Objects.Where(o => o is not V1Namespace).ShouldAllBe(o => o.Metadata.NamespaceProperty == "rsmooth");
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_selector_selects_its_own_pods_and_no_others(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var pods = manifests.Pods().ToList();

        foreach (var pod in pods)
        {
            var selected = pods.Where(p => Matches(pod.Selector.MatchLabels, p.Template)).Select(p => p.Owner);
            selected.ShouldBe([pod.Owner]);
        }

        foreach (var service in manifests.All<V1Service>())
        {
            pods.Count(p => Matches(service.Spec.Selector, p.Template)).ShouldBe(1, service.Metadata.Name);
        }

        var budget = manifests.One<V1PodDisruptionBudget>("control");
        pods.Where(p => Matches(budget.Spec.Selector.MatchLabels, p.Template))
            .Select(p => p.Owner)
            .ShouldBe(["control"]);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_named_port_exists_on_the_pods_behind_it(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var service in manifests.All<V1Service>())
        {
            var ports = PortNames(manifests, service.Spec.Selector);
            service.Spec.Ports.Select(p => p.TargetPort.Value).ShouldBeSubsetOf(ports, service.Metadata.Name);
        }

        foreach (var (owner, _, template) in manifests.Pods())
        {
            var ports = template.Spec.Containers.SelectMany(c => c.Ports).Select(p => p.Name).ToList();
            var probed = template
                .Spec.Containers.SelectMany(c => new[] { c.LivenessProbe, c.ReadinessProbe, c.StartupProbe })
                .Where(p => p.HttpGet is not null)
                .Select(p => p.HttpGet.Port.Value);
            probed.ShouldBeSubsetOf(ports, owner);
        }

        foreach (var policy in manifests.All<V1NetworkPolicy>())
        {
            var named = (policy.Spec.Ingress ?? []).SelectMany(i => i.Ports).Select(p => p.Port.Value);
            named.ShouldBeSubsetOf(PortNames(manifests, policy.Spec.PodSelector.MatchLabels), policy.Metadata.Name);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_container_has_all_probes_bounded_memory_and_a_fixed_image(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var container in manifests.Pods().SelectMany(p => p.Template.Spec.Containers))
        {
            container.StartupProbe.ShouldNotBeNull(container.Name);
            container.LivenessProbe.ShouldNotBeNull(container.Name);
            container.ReadinessProbe.ShouldNotBeNull(container.Name);
            container.Resources.Requests.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
            container.Resources.Limits.Keys.ShouldContain("memory");
            var tag = container.Image.Split(':');
            tag.Length.ShouldBe(2, $"{container.Image} names no version");
            tag[1].ShouldNotBe("latest");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_pod_is_locked_down(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var (owner, _, template) in manifests.Pods())
        {
            var pod = template.Spec;
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true, owner);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault", owner);
            pod.AutomountServiceAccountToken.ShouldBe(false, owner);
            pod.EnableServiceLinks.ShouldBe(false, owner);
            foreach (var container in pod.Containers)
            {
                container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true, owner);
                container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false, owner);
                container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
                container.VolumeMounts.Select(m => m.MountPath).ShouldContain("/tmp");
                container.VolumeMounts.Select(m => m.Name).ShouldBeSubsetOf(VolumeNames(manifests, owner, pod));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_grace_period_leaves_time_to_drain(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var (owner, pod, container) in manifests.Nodes())
        {
            var text = manifests.Environment(container)[NodeSettings.DrainTimeout.Variable]!;
            Durations.TryParse(text, out var drain).ShouldBeTrue(text);
            var grace = TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds ?? 30);
            grace.ShouldBeGreaterThanOrEqualTo(drain + TimeSpan.FromSeconds(20), owner);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_variable_of_a_node_is_one_that_it_reads(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        foreach (var (owner, _, container) in manifests.Nodes())
        {
            manifests
                .Environment(container)
                .Keys.Where(name => name.StartsWith("RSMOOTH_", StringComparison.Ordinal))
                .ShouldBeSubsetOf(NodeSettings.All.Select(s => s.Variable), owner);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_nodes_accept_their_settings(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        using var scratch = new ScratchDirectory();
        var password = scratch.Write("password", "secret");
        var config = scratch.Write(
            "cluster.hocon",
            manifests.All<V1ConfigMap>().First(m => m.Data.ContainsKey("cluster.hocon")).Data["cluster.hocon"]
        );

        foreach (var (owner, _, container) in manifests.Nodes())
        {
            var variables = manifests.Environment(container).ToDictionary(v => v.Key, v => v.Value ?? "10.1.2.3");
            variables[NodeSettings.PublicHost.Variable] = variables[NodeSettings.PublicHost.Variable]
                .Replace("$(POD_NAME)", "control-0", StringComparison.Ordinal);
            variables[NodeSettings.Cache.Variable] = scratch.Path;
            variables[NodeSettings.Data.Variable] = scratch.Path;
            variables[NodeSettings.Config.Variable] = config;
            variables[NodeSettings.PeerKeyFile.Variable] = password;
            if (variables.ContainsKey(NodeSettings.LedgerPasswordFile.Variable))
            {
                variables[NodeSettings.LedgerPasswordFile.Variable] = password;
            }

            var options = NodeOptionsReader.Read(new Dictionary<string, IReadOnlyList<string>>(), variables);

            options.Roles.ShouldBe(owner == "control" ? NodeRoles.Control : NodeRoles.Worker);
            options.Warnings.ShouldBeEmpty();
            options.ControlHttp.Select(u => u.Port).ShouldAllBe(port => port == 8080);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_seeds_are_the_stable_names_of_the_control_pods(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var control = manifests.One<V1StatefulSet>("control");
        var service = manifests.One<V1Service>(control.Spec.ServiceName);
        var names = Enumerable.Range(0, 3).Select(i => $"control-{i}.{service.Metadata.Name}:4053");

        control.Spec.Replicas.ShouldBe(3);
        control.Spec.PodManagementPolicy.ShouldBe("Parallel");
        service.Spec.ClusterIP.ShouldBe("None");
        service.Spec.PublishNotReadyAddresses.ShouldBe(true);
        foreach (var (_, _, container) in manifests.Nodes())
        {
            manifests.Environment(container)[NodeSettings.Seed.Variable].ShouldBe(string.Join(',', names));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task No_manifest_holds_a_secret(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);

        manifests.All<V1Secret>().ShouldBeEmpty();
        foreach (var container in manifests.Pods().SelectMany(p => p.Template.Spec.Containers))
        {
            (container.Env ?? [])
                .Where(e => e.Name.Contains("PASSWORD", StringComparison.Ordinal) && e.Value is not null)
                .ShouldAllBe(e => e.Name.EndsWith("_FILE", StringComparison.Ordinal));
            (container.Env ?? []).ShouldAllBe(e =>
                e.Value == null || !e.Value.Contains("Password=", StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    [SkippableFact]
    public async Task A_gpu_worker_asks_for_a_gpu_and_for_the_image_that_can_use_it()
    {
        var manifests = await Manifests.OfAsync("gpu");
        var worker = manifests.One<V1Deployment>("worker").Spec.Template.Spec;

        worker.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString().ShouldBe("1");
        worker.Containers[0].Image.ShouldEndWith("-cuda");
        worker.Tolerations.ShouldContain(t => t.Key == "nvidia.com/gpu");
        manifests.One<V1StatefulSet>("control").Spec.Template.Spec.Containers[0].Image.ShouldNotEndWith("-cuda");
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task A_worker_on_the_processor_asks_for_the_cores_that_its_devices_use(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var container = manifests.One<V1Deployment>("worker").Spec.Template.Spec.Containers[0];
        if (container.Resources.Limits.ContainsKey("nvidia.com/gpu"))
        {
            overlay.ShouldContain("gpu");
            return;
        }

        // 'auto' would count the cores of the machine, which other pods use, too.
        var devices = manifests.Environment(container)[NodeSettings.Devices.Variable]!;
        devices.ShouldStartWith("cpu:");
        var cores = decimal.Parse(devices["cpu:".Length..]);
        container.Resources.Requests["cpu"].ToDecimal().ShouldBeInRange(cores / 2, cores);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlays))]
    public async Task Nothing_may_speak_to_a_pod_without_a_policy(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var deny = manifests.One<V1NetworkPolicy>("default-deny");

        (deny.Spec.PodSelector.MatchLabels ?? new Dictionary<string, string>()).ShouldBeEmpty();
        deny.Spec.PolicyTypes.ShouldBe(["Ingress"]);
        (deny.Spec.Ingress ?? []).ShouldBeEmpty();
    }

    private static bool Matches(IDictionary<string, string> labels, V1PodTemplateSpec template) =>
        labels.All(l => template.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value);

    private static IEnumerable<string> PortNames(Manifests manifests, IDictionary<string, string>? selector) =>
        manifests
            .Pods()
            .Where(p => Matches(selector ?? new Dictionary<string, string>(), p.Template))
            .SelectMany(p => p.Template.Spec.Containers)
            .SelectMany(c => c.Ports)
            .Select(p => p.Name);

    private static IEnumerable<string> VolumeNames(Manifests manifests, string owner, V1PodSpec pod) =>
        pod
            .Volumes.Select(v => v.Name)
            .Concat(
                manifests
                    .All<V1StatefulSet>()
                    .Where(s => s.Metadata.Name == owner)
                    .SelectMany(s => s.Spec.VolumeClaimTemplates)
                    .Select(c => c.Metadata.Name)
            );
}
