using System.Text;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepFileSyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("\uFEFF")]
    public void An_empty_file_says_so(string yaml) => Problem(yaml).Rule.ShouldContain("empty");

    [Fact]
    public void A_tab_is_found_and_named()
    {
        var problem = Problem("name: x\ncertify:\n\tn: 5\n");

        problem.Line.ShouldBe(3);
        problem.Hint.ShouldContain("tab");
    }

    [Fact]
    public void A_syntax_error_has_its_line()
    {
        var problem = Problem("name: x\nsigmas: [0.25, 0.5\nseed: 1\n");

        problem.Line.ShouldBeInRange(2, 4);
        problem.Rule.ShouldContain("is not YAML");
    }

    [Fact]
    public void A_second_document_is_refused() =>
        Problem(SweepTexts.Minimal + "\n---\nname: other\n").Rule.ShouldContain("one document");

    [Fact]
    public void A_duplicate_key_is_refused_with_the_line_of_the_first()
    {
        var problem = Problem(SweepTexts.Minimal + "\ncertify:\n  n: 100\n  n0: 5\n  n: 200\n");

        (problem.Path, problem.Line).ShouldBe(("certify.n", 8));
        problem.Rule.ShouldContain("line 6");
    }

    [Theory]
    [InlineData("just text", "must be a mapping")]
    [InlineData("[1, 2]", "must be a mapping")]
    [InlineData("a: *nowhere", "no anchor &nowhere")]
    [InlineData("a: &a [*a]", "may not contain itself")]
    [InlineData("a: !!python/object:os.system x", "tags have no meaning")]
    [InlineData("? [a, b]\n: c", "plain word")]
    [InlineData("a: \"\\UFFFFFFFF\"", "is not YAML")]
    public void What_has_no_meaning_is_refused(string yaml, string rule) =>
        TestSweep.Parse(yaml, null, []).Errors.ShouldContain(p => p.Rule.Contains(rule, StringComparison.Ordinal));

    [Fact]
    public void A_billion_laughs_cost_nothing()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level <= 20; level++)
        {
            var alias = $"*a{level - 1}";
            yaml.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat(alias, 9))}]\n");
        }

        Problem(yaml.ToString()).Rule.ShouldContain("more than 50000 values");
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        Problem(new string('[', 100_000)).Rule.ShouldContain("nested deeper than 32 levels");
        Problem(string.Concat(Enumerable.Repeat("a: {", 100_000))).Rule.ShouldNotBeEmpty();
        Problem(new string('a', 2_000_000)).Rule.ShouldContain("at most 1048576 characters");
        Problem("sigmas: [" + string.Join(',', Enumerable.Repeat("1", 200_000)) + "]").Rule.ShouldContain("50000");
    }

    [Fact]
    public void Problems_past_a_hundred_are_counted_only()
    {
        var result = TestSweep.Parse("sigmas: [" + string.Join(',', Enumerable.Repeat("x", 900)) + "]", null, []);

        result.Problems.Count.ShouldBe(101);
        result.Problems[^1].Rule.ShouldContain("more problems");
    }

    [Fact]
    public void A_given_value_cannot_disturb_the_terminal()
    {
        var result = TestSweep.Parse("name: \"\\e[31mred\\r\\n" + new string('x', 500) + "\"", null, []);

        result.Describe().ShouldNotContain('\u001b');
        result.Problems.ShouldAllBe(p => p.Given.Length < 70);
    }

    private static SweepProblem Problem(string yaml)
    {
        var result = TestSweep.Parse(yaml, "/x/sweep.yaml", []);
        result.Spec.ShouldBeNull();
        return result.Errors.First();
    }
}
