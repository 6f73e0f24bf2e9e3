using CsCheck;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;

namespace RandomizedSmoothing.Node.Tests.Operations;

public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  sweep \t list ", new[] { "sweep", "list" })]
    [InlineData("a \"b c\" 'd \"e'", new[] { "a", "b c", "d \"e" })]
    [InlineData("-s ''", new[] { "-s", "" })]
    [InlineData("x'y z'w", new[] { "xy zw" })]
    public void Words_end_at_white_space_outside_quotes(string line, string[] words)
    {
        CommandWords.Split(line).ShouldBe(words);
    }

    [Fact]
    public void Joining_and_splitting_gives_the_words_back()
    {
        Gen.String[Gen.Char["ab -'\"\t."], 0, 8]
            .List[0, 6]
            .Sample(words => CommandWords.Split(CommandWords.Join(words)).ShouldBe(words));
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_refused()
    {
        Should
            .Throw<UserErrorException>(() => CommandWords.Split("sweep show -s 'a"))
            .Message.ShouldContain("closing '");
    }

    [Fact]
    public void An_endless_line_is_refused()
    {
        var line = new string('x', CommandWords.LongestLine + 1);

        Should.Throw<UserErrorException>(() => CommandWords.Split(line)).Message.ShouldContain("4097");
    }
}
