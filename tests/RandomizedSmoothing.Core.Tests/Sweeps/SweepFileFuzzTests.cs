using System.Text;
using CsCheck;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepFileFuzzTests
{
    private static readonly string[] Pieces =
    [
        "\n",
        " ",
        "  ",
        ":",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "#",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "|\n",
        ">\n",
        "---\n",
        "...\n",
        "\t",
        "%YAML 1.2\n",
        "? ",
        "<<: *a\n",
        "null",
        "~",
        "true",
        ".nan",
        "-.inf",
        "1e999",
        "-1",
        "0",
        "9223372036854775808",
        "0x",
        "\u0000",
        "\uFEFF",
        "\uD800",
        "\\U00110000",
        "é",
        "sigmas",
        "certify",
        "datasets",
        "name",
        "noises: [counted]",
        "train: {}",
        "\r",
        "\u2028",
        "certify.n",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];

    private static readonly Gen<string> Seeds = OneOf([.. ShippedSweeps.Texts(), SweepTexts.Complete]);

    private static readonly Gen<string> Mutated =
        from text in Seeds
        from edits in Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Int[0, 12], OneOf(Pieces)).Array[1, 8]
        select edits.Aggregate(text, (t, e) => Mutate(t, e.Item1, (int)(e.Item2 * t.Length), e.Item3, e.Item4));

    private static readonly Gen<string[]> Changes = Gen.Select(OneOf(Pieces), OneOf(Pieces))
        .Select((path, value) => $"{path}={value}")
        .Array[0, 2];

    [Fact]
    public void A_mutated_file_gives_a_sweep_or_problems_and_never_an_exception() =>
        Gen.Select(Mutated, Changes)
            .Sample(
                (yaml, changes) =>
                {
                    var result = TestSweep.Parse(yaml, "/x/sweep.yaml", changes);
                    result.IsValid.ShouldBe(!result.Errors.Any());
                    _ = result.Describe().Length;
                    if (result.IsValid)
                    {
                        var ids = Grid.Expand(result.Spec).Select(c => c.Id).ToList();
                        ids.Distinct().Count().ShouldBe(ids.Count);
                        ids.Count.ShouldBe((int)Grid.Count(result.Spec));
                    }
                },
                iter: 12_000
            );

    private static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Mutate(string text, int kind, int at, int length, string piece)
    {
        var end = Math.Min(text.Length, at + length);
        return kind switch
        {
            0 => text.Insert(at, piece),
            1 => text.Remove(at, end - at),
            2 => new StringBuilder(text).Remove(at, end - at).Insert(at, piece).ToString(),
            _ => text.Insert(at, text[at..end]),
        };
    }
}
