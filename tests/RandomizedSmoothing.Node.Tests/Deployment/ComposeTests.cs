using RandomizedSmoothing.Node.Options;
using YamlDotNet.RepresentationModel;

namespace RandomizedSmoothing.Node.Tests.Deployment;

public sealed class ComposeTests
{
    [SkippableFact]
    public async Task Compose_accepts_the_file()
    {
        var compose = ExternalTool.Find("docker-compose");
        Skip.If(compose is null, "docker-compose is not on PATH");

        await ExternalTool.RunAsync(compose, "-f", Repository.PathOf("docker-compose.yml"), "config", "-q");
    }

    [SkippableFact]
    public async Task Three_control_nodes_workers_and_a_database_start_together()
    {
        var services = await Compose.ServicesAsync();

        services
            .Keys.Where(name => name is not ("worker-gpu" or "prometheus"))
            .ShouldBe(["control-0", "control-1", "control-2", "postgres", "worker"], ignoreOrder: true);
        foreach (var name in new[] { "control-0", "control-1", "control-2" })
        {
            Compose.Variables(services[name])[NodeSettings.PublicHost.Variable].ShouldBe(name);
            Compose.Variables(services[name])[NodeSettings.Roles.Variable].ShouldBe("control");
        }

        var worker = services["worker"];
        worker.Children.Keys.Select(k => k.ToString()).ShouldNotContain("ports", "a fixed port cannot be scaled");
        worker.Children.Keys.Select(k => k.ToString()).ShouldNotContain("container_name");
        worker.Children.Keys.Select(k => k.ToString()).ShouldNotContain("hostname");
        Compose.Variables(worker).Keys.ShouldNotContain(NodeSettings.PublicHost.Variable);
    }

    [SkippableFact]
    public async Task Every_variable_of_a_service_is_one_that_a_node_reads()
    {
        foreach (var (name, service) in await Compose.ServicesAsync())
        {
            Compose
                .Variables(service)
                .Keys.Where(v => v.StartsWith("RSMOOTH_", StringComparison.Ordinal))
                .ShouldBeSubsetOf(NodeSettings.All.Select(s => s.Variable), name);
        }
    }

    [SkippableFact]
    public async Task The_grace_period_leaves_time_to_drain()
    {
        foreach (var (name, service) in await Compose.ServicesAsync())
        {
            if (Compose.IsNode(service))
            {
                Durations
                    .TryParse(Compose.Variables(service)[NodeSettings.DrainTimeout.Variable], out var drain)
                    .ShouldBeTrue();
                Durations.TryParse(service["stop_grace_period"].ToString(), out var grace).ShouldBeTrue();
                grace.ShouldBeGreaterThanOrEqualTo(drain + TimeSpan.FromSeconds(20), name);
            }
        }
    }

    [SkippableFact]
    public async Task Secrets_come_from_files_and_ports_stay_on_this_machine()
    {
        foreach (var (name, service) in await Compose.ServicesAsync())
        {
            Compose
                .Variables(service)
                .Where(v => v.Key.Contains("PASSWORD", StringComparison.Ordinal))
                .ShouldAllBe(v =>
                    v.Key.EndsWith("_FILE", StringComparison.Ordinal) && v.Value.StartsWith("/run/secrets/")
                );
            Compose.Variables(service).Values.ShouldAllBe(v => !v.Contains("Password="));
            if (service.Children.TryGetValue("ports", out var ports))
            {
                ((YamlSequenceNode)ports).Select(p => p.ToString()).ShouldAllBe(p => p.StartsWith("127.0.0.1:"));
            }

            service["image"].ToString().ShouldMatch("^[a-z/]+:v?[0-9][0-9.a-z-]+$", name);
        }
    }
}
