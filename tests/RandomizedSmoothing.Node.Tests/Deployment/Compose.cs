using YamlDotNet.RepresentationModel;

namespace RandomizedSmoothing.Node.Tests.Deployment;

/// <summary>The services of the compose file, as compose itself reads them.</summary>
internal static class Compose
{
    public static async Task<Dictionary<string, YamlMappingNode>> ServicesAsync()
    {
        var compose = ExternalTool.Find("docker-compose");
        Skip.If(compose is null, "docker-compose is not on PATH");
        var text = await ExternalTool.RunAsync(compose, "-f", Repository.PathOf("docker-compose.yml"), "config");
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return ((YamlMappingNode)yaml.Documents[0].RootNode["services"]).ToDictionary(
            s => s.Key.ToString(),
            s => (YamlMappingNode)s.Value
        );
    }

    public static bool IsNode(YamlMappingNode service) =>
        service["image"].ToString().StartsWith("rsmooth:", StringComparison.Ordinal);

    public static Dictionary<string, string> Variables(YamlMappingNode service) =>
        service.Children.TryGetValue("environment", out var variables)
            ? ((YamlMappingNode)variables).ToDictionary(v => v.Key.ToString(), v => v.Value.ToString())
            : [];

    /// <summary>Further names of a service in its network.</summary>
    public static IEnumerable<string> Aliases(YamlMappingNode service) =>
        service.Children.TryGetValue("networks", out var networks)
        && networks is YamlMappingNode { Children: var named }
        && named.TryGetValue("default", out var network)
        && network is YamlMappingNode { Children: var settings }
        && settings.TryGetValue("aliases", out var aliases)
            ? ((YamlSequenceNode)aliases).Select(alias => alias.ToString())
            : [];
}
