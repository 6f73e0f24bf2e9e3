using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Tests.Operations;

public sealed class AnswerRenderingTests
{
    private static readonly AnswerTable Table = AnswerTable.Of<(string Name, long Draws, double? Left, bool Done)>(
        [("a", 1_250_000, 61.5, false), ("long name", 12, null, true)],
        "nothing",
        (new("name"), r => r.Name),
        (new("draws", AnswerForm.Count), r => r.Draws),
        (new("remainingSeconds", AnswerForm.Duration), r => r.Left),
        (new("done"), r => r.Done)
    );

    [Fact]
    public void People_get_aligned_columns_with_unit_prefixes()
    {
        TextRendering
            .Lines(Table)
            .ShouldBe([
                "name        draws  remaining  done",
                "a          1.25 M       1:01  no",
                "long name      12          –  yes",
            ]);
        TextRendering
            .Lines(
                Table with
                {
                    Rows =
                    [
                        ["a", null, null, null],
                    ],
                }
            )
            .Last()
            .ShouldBe("a     –      –          –");
        TextRendering.Text(Array.Empty<string>()).ShouldBe("–");
    }

    [Fact]
    public void Programs_get_plain_numbers_and_null()
    {
        JsonRendering
            .Line(Table)
            .ShouldBe(
                """[{"name":"a","draws":1250000,"remainingSeconds":61.5,"done":false},{"name":"long name","draws":12,"remainingSeconds":null,"done":true}]"""
            );
    }

    [Fact]
    public void An_empty_table_is_a_sentence_for_people_and_an_empty_array_for_programs()
    {
        var empty = Table with { Rows = [] };

        TextRendering.Lines(empty).ShouldBe(["nothing"]);
        JsonRendering.Line(empty).ShouldBe("[]");
    }

    [Fact]
    public void A_number_that_JSON_cannot_write_becomes_null()
    {
        JsonRendering.Line(new AnswerFields([new("x", double.NaN)])).ShouldBe("""{"x":null}""");
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9_999, "9999")]
    [InlineData(12_345, "12.3 k")]
    [InlineData(1_210_000, "1.21 M")]
    [InlineData(345e9, "345 G")]
    public void Counts_have_three_figures(double value, string text) => TextRendering.Count(value).ShouldBe(text);

    [Theory]
    [InlineData(42, "0:42")]
    [InlineData(3723, "1:02:03")]
    [InlineData(90_061, "1 d 1:01:01")]
    public void Durations_read_as_clocks(int seconds, string text) =>
        TextRendering.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
