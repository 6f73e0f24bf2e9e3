namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepFileDocumentationTests
{
    private static readonly string Manual = File.ReadAllText(
        Path.Combine(SweepTexts.RepositoryRoot(), "cluster-config", "README.md")
    );

    [Theory]
    [InlineData("", "")]
    [InlineData("datasets[0]", "datasets[]")]
    [InlineData("models[0]", "models[]")]
    [InlineData("models[0].train", "models[].train")]
    [InlineData("models[0].normalize", "models[].normalize")]
    [InlineData("certify", "certify")]
    [InlineData("execution", "execution")]
    [InlineData("report", "report")]
    public void Every_key_that_is_read_has_a_row_in_the_manual(string section, string row)
    {
        foreach (var key in KeysOf(section))
        {
            Manual.ShouldContain($"\n| `{(row.Length == 0 ? key : $"{row}.{key}")}` |", Case.Sensitive);
        }
    }

    [Fact]
    public void The_manuals_smallest_sweep_has_no_problem()
    {
        var start = Manual.IndexOf("```yaml\nname: tiny", StringComparison.Ordinal) + "```yaml\n".Length;
        var yaml = Manual[start..Manual.IndexOf("```", start, StringComparison.Ordinal)];

        TestSweep.Parse(yaml, null, []).Describe().ShouldBe("");
    }

    /// <summary>The keys of a section, as the reader itself lists them when it meets an unknown one.</summary>
    private static string[] KeysOf(string section)
    {
        const string List = "the keys are ";
        var change = section.Length == 0 ? "nonsense=1" : $"{section}.nonsense=1";
        var problem = TestSweep
            .Parse(SweepTexts.Minimal, null, [change])
            .Errors.Single(p => p.Rule.Contains(List, StringComparison.Ordinal));
        return problem.Rule[(problem.Rule.IndexOf(List, StringComparison.Ordinal) + List.Length)..].Split(", ");
    }
}
