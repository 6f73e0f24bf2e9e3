using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Options;

public sealed class SettingsDocumentationTests
{
    [Fact]
    public void The_documented_table_is_the_one_of_the_product()
    {
        var documented = Repository.Read("cluster-config", "README.md");

        documented.ShouldContain(
            SettingsTable.Markdown(),
            Case.Sensitive,
            "cluster-config/README.md must hold the output of `rsmooth node settings`"
        );
    }

    [Fact]
    public void Every_setting_has_one_name_in_three_forms()
    {
        foreach (var setting in NodeSettings.All)
        {
            setting.Name.ShouldMatch("^[a-z]+(-[a-z]+)*$");
            setting.Description.ShouldEndWith(".");
            setting.WhenToChange.ShouldEndWith(".");
        }

        NodeSettings.All.Select(s => s.Name).ShouldBeUnique();
    }

    [Theory]
    [InlineData("cluster.hocon")]
    [InlineData("workstation.json")]
    public void The_example_files_are_accepted(string name)
    {
        using var scratch = new ScratchDirectory();
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["config"] = [Repository.PathOf("cluster-config", name)],
            ["cache"] = [scratch.Path],
        };

        NodeOptionsReader.Read(flags, new Dictionary<string, string>()).Warnings.ShouldBeEmpty();
    }
}
