using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace RandomizedSmoothing.Node.Tests.Deployment;

/// <summary>The objects of an overlay as kustomize renders them, parsed strictly: an unknown field is an error.</summary>
internal sealed class Manifests
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Manifests>>> Rendered = new();

    private readonly List<object> _objects;

    private Manifests(List<object> objects) => _objects = objects;

    public static Task<Manifests> OfAsync(string overlay) =>
        Rendered
            .GetOrAdd(
                overlay,
                name => new Lazy<Task<Manifests>>(() => RenderAsync(Repository.PathOf("k8s", "overlays", name)))
            )
            .Value;

    /// <summary>An overlay with a further component, as somebody's own kustomization would add it.</summary>
    public static Task<Manifests> OfAsync(string overlay, string component)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "kustomizations", $"{overlay}-{component}");
        string Entry(params string[] parts) => Path.GetRelativePath(folder, Repository.PathOf(["k8s", .. parts]));
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "kustomization.yaml"),
            $"resources: [{Entry("overlays", overlay)}]\ncomponents: [{Entry(component)}]\n"
        );
        return RenderAsync(folder);
    }

    public IReadOnlyList<T> All<T>() => [.. _objects.OfType<T>()];

    public T One<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => _objects.OfType<T>().Single(o => o.Metadata.Name == name);

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects =>
        [.. _objects.Cast<IKubernetesObject<V1ObjectMeta>>()];

    /// <summary>Pod templates by the name of their owner.</summary>
    public IEnumerable<(string Owner, V1LabelSelector Selector, V1PodTemplateSpec Template)> Pods()
    {
        foreach (var set in All<V1StatefulSet>())
        {
            yield return (set.Metadata.Name, set.Spec.Selector, set.Spec.Template);
        }

        foreach (var deployment in All<V1Deployment>())
        {
            yield return (deployment.Metadata.Name, deployment.Spec.Selector, deployment.Spec.Template);
        }
    }

    /// <summary>Pods that run rsmooth.</summary>
    public IEnumerable<(string Owner, V1PodSpec Pod, V1Container Container)> Nodes() =>
        from pod in Pods()
        from container in pod.Template.Spec.Containers
        where container.Image.StartsWith("rsmooth", StringComparison.Ordinal)
        select (pod.Owner, pod.Template.Spec, container);

    /// <summary>Variables of a container by name, those of its ConfigMaps included; a null value comes from the pod.</summary>
    public Dictionary<string, string?> Environment(V1Container container)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (name, value) in One<V1ConfigMap>(source.ConfigMapRef.Name).Data)
            {
                variables[name] = value;
            }
        }

        foreach (var variable in container.Env ?? [])
        {
            variables[variable.Name] = variable.Value;
        }

        return variables;
    }

    private static async Task<Manifests> RenderAsync(string directory)
    {
        var text =
            ExternalTool.Find("kubectl") is { } kubectl ? await ExternalTool.RunAsync(kubectl, "kustomize", directory)
            : ExternalTool.Find("kustomize") is { } kustomize
                ? await ExternalTool.RunAsync(kustomize, "build", directory)
            : throw new SkipException("neither kubectl nor kustomize is on PATH");
        return new Manifests(KubernetesYaml.LoadAllFromString(text, Keda.Types, strict: true));
    }
}
