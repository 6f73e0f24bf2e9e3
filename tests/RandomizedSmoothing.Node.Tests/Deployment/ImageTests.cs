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
}
