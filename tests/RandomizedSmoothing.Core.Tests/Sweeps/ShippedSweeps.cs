using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class ShippedSweeps
{
    public static TheoryData<string> Files() =>
        [.. Paths().Select(p => Path.GetRelativePath(SweepTexts.RepositoryRoot(), p))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_shipped_sweep_file_has_no_problem(string path)
    {
        var full = Path.Combine(SweepTexts.RepositoryRoot(), path);

        var result = SweepFile.Parse(File.ReadAllText(full), full, []);

        result.Describe().ShouldBe("");
        Grid.Expand(result.Require()).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_shipped_sweep_is_named_as_its_file()
    {
        foreach (var path in Paths())
        {
            SweepFile
                .Parse(File.ReadAllText(path), path, [])
                .Require()
                .Name.ShouldBe(Path.GetFileNameWithoutExtension(path));
        }
    }

    internal static IEnumerable<string> Texts() => Paths().Select(File.ReadAllText);

    private static IEnumerable<string> Paths() =>
        Directory
            .EnumerateFiles(Path.Combine(SweepTexts.RepositoryRoot(), "cluster-config", "sweeps"), "*.yaml")
            .Order(StringComparer.Ordinal);
}
