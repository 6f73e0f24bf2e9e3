using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Tests.Init;

public sealed class ShippedSweepTests
{
    [Fact]
    public void Every_shipped_sweep_uses_only_names_that_the_program_can_carry_out()
    {
        var folder = Path.Combine(RepositoryRoot.Path, "cluster-config", "sweeps");
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml"))
        {
            SweepFile.Parse(File.ReadAllText(path), path, [], ProductVocabulary.Current).Describe().ShouldBe("");
        }
    }
}
