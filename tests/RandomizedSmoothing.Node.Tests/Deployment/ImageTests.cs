using System.Xml.Linq;

namespace RandomizedSmoothing.Node.Tests.Deployment;

public sealed class ImageTests
{
    private static readonly string[] Lines = Repository.Read("k8s", "image", "Dockerfile").Split('\n');

    [Fact]
    public void The_last_stage_runs_as_another_user_than_root()
    {
        var last = Array.FindLastIndex(Lines, l => l.StartsWith("FROM ", StringComparison.Ordinal));

        Lines[last..].Single(l => l.StartsWith("USER ", StringComparison.Ordinal)).ShouldBe("USER ${APP_UID}");
        Lines[last..].ShouldContain("ENTRYPOINT [\"/app/rsmooth\"]");
    }

    [Fact]
    public void Every_stage_names_the_version_of_its_base_image()
    {
        Lines
            .Where(l => l.StartsWith("FROM ", StringComparison.Ordinal))
            .ShouldAllBe(l => l.Contains(":${DOTNET_VERSION}-noble"));
        Lines.ShouldContain("ARG DOTNET_VERSION=10.0");
    }

    [Fact]
    public void Everything_that_is_copied_is_there_and_not_ignored()
    {
        var ignored = Repository.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var sources = Lines
            .Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from="))
            .SelectMany(l => l.Split(' ')[1..^1]);

        foreach (var source in sources)
        {
            Directory.Exists(Repository.PathOf(source)).ShouldBeTrue(source);
            ignored.ShouldNotContain(source);
        }
    }

    [Fact]
    public void Every_file_outside_src_that_a_project_reads_is_copied_before_the_build()
    {
        var first = Lines[..Array.FindLastIndex(Lines, l => l.StartsWith("FROM ", StringComparison.Ordinal))];
        var copied = first
            .Where(l => l.StartsWith("COPY ", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ')[1..^1])
            .ToList();

        var outside = OutsideSrc().ToList();

        outside.ShouldContain("cluster-config/sweeps/*.yaml");
        outside.ShouldAllBe(path => copied.Any(folder => path.StartsWith(folder)));
        first.ShouldContain("COPY cluster-config/sweeps/ cluster-config/sweeps/", "the path is relative to src");
    }

    [Fact]
    public void There_is_a_typeface_for_the_lettering_of_figures()
    {
        var last = string.Join('\n', Lines[Array.FindLastIndex(Lines, l => l.StartsWith("FROM "))..]);

        var run = last.IndexOf(
            "apt-get install --yes --no-install-recommends fonts-dejavu-core",
            StringComparison.Ordinal
        );

        run.ShouldBeInRange(0, last.IndexOf("\nUSER ", StringComparison.Ordinal));
    }

    [Fact]
    public void All_deployments_use_the_version_of_the_product()
    {
        var version = XDocument
            .Load(Repository.PathOf("src", "Directory.Build.props"))
            .Descendants("VersionPrefix")
            .Single()
            .Value;

        Repository.Read("docker-compose.yml").ShouldContain($"image: rsmooth:{version}\n");
        Repository.Read("k8s", "base", "kustomization.yaml").ShouldContain($"newTag: {version}\n");
        Repository.Read("k8s", "overlays", "gpu", "kustomization.yaml").ShouldContain($"newTag: {version}-cuda\n");
    }

    /// <summary>What the projects of the product name outside src, relative to the repository.</summary>
    private static IEnumerable<string> OutsideSrc() =>
        from file in Directory.GetFiles(Repository.PathOf("src"), "*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".csproj" or ".props" or ".targets"
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
        from element in XDocument.Load(file).Descendants()
        where element.Attribute("Condition")?.Value.Contains("'$(IsTestProject)' == 'true'") != true
        from attribute in element.Attributes()
        where attribute.Name.LocalName is "Include" or "Project" or "Source"
        from part in attribute.Value.Replace("$(MSBuildThisFileDirectory)", "").Split(';')
        where part.StartsWith("../")
        let path = Path.GetFullPath(part, Path.GetDirectoryName(file)!)
        let relative = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
        where !relative.StartsWith("src/")
        select relative;
}
