using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Architecture.Tests;

/// <summary>The tree itself shows the architecture: fixed top level, feature folders, one idea a file.</summary>
public sealed partial class LayoutTests
{
    private static readonly string[] TopLevel =
    [
        "src",
        "tests",
        "cluster-config",
        "k8s",
        "RandomizedSmoothing.sln",
        "README.md",
        "docker-compose.yml",
    ];

    [Fact]
    public void The_top_level_holds_the_agreed_entries_and_dot_files_only()
    {
        var entries = Directory
            .EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path))
            .Where(name =>
                !name.StartsWith('.') && name is not ("artifacts" or "results" or "TestResults" or "bin" or "obj")
            );

        entries.ShouldBe(TopLevel, ignoreOrder: true);
    }

    [Fact]
    public void No_folder_is_a_place_for_leftovers()
    {
        string[] leftovers = ["Common", "Utils", "Utilities", "Helpers", "Managers", "Services", "Misc", "Shared"];

        Repository
            .SourceFiles("src", "*.cs")
            .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!))
            .Distinct()
            .Intersect(leftovers)
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_source_file_holds_one_idea()
    {
        var long320 = Repository
            .SourceFiles("src", "*.cs")
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > 320)
            .Select(file => $"{file.Path}: {file.Lines} lines");

        long320.ShouldBeEmpty();
    }

    [Fact]
    public void A_namespace_is_the_path_of_its_folder()
    {
        var strays = new List<string>();
        foreach (var path in Repository.SourceFiles("src", "*.cs"))
        {
            var declared = NamespaceLine().Match(File.ReadAllText(path));
            var folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Repository.Root, "src"), path))!;
            var expected = folder.Replace(Path.DirectorySeparatorChar, '.');
            if (declared.Success && declared.Groups[1].Value != expected)
            {
                strays.Add($"{Repository.Relative(path)} declares {declared.Groups[1].Value}");
            }
        }

        strays.ShouldBeEmpty();
    }

    [Fact]
    public void No_source_file_names_a_path_of_a_home_or_work_folder()
    {
        Repository
            .SourceFiles("src", "*.*")
            .Concat(Repository.SourceFiles("tests", "*.cs"))
            .Concat(Repository.SourceFiles("cluster-config", "*.*"))
            .Concat(Repository.SourceFiles("k8s", "*.*"))
            .Where(path => HomePath().IsMatch(File.ReadAllText(path)))
            .Select(Repository.Relative)
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"/(root|home/\w+)/\.nuget")]
    private static partial Regex HomePath();
}
