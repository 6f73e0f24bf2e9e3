using System.Text.Json.Nodes;
using CsCheck;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepDefinitionJsonTests
{
    private static readonly SweepDefinition Definition = TestDefinition.Of(
        TestSweep.Parse(SweepTexts.Complete, "/x/s.yaml", []).Require()
    );

    [Fact]
    public void A_definition_survives_the_way_there_and_back()
    {
        var text = SweepDefinitionJson.Write(Definition);

        var back = SweepDefinitionJson.Read(text);

        SweepDefinitionJson.Write(back).ShouldBe(text);
        back.Cells.ShouldBe(Definition.Cells);
        back.Datasets[0].Labels.ShouldBe(Definition.Datasets[0].Labels.ToArray());
        back.Datasets[0].ClassNames.ShouldBe(Definition.Datasets[0].ClassNames.ToArray());
        back.Plan.Radii.ShouldBe(Definition.Plan.Radii);
        back.Models.Select(m => m.Training?.Sigma).ShouldBe(Definition.Models.Select(m => m.Training?.Sigma));
        back.Execution.ShouldBe(Definition.Execution);
        back.Source.ShouldBe(Definition.Source);
    }

    [Fact]
    public void Names_and_words_are_those_of_the_sweep_file()
    {
        var json = JsonNode.Parse(SweepDefinitionJson.Write(Definition))!;

        json["id"]!.GetValue<string>().ShouldBe("mnist-gaussian");
        json["plan"]!["mode"]!.GetValue<string>().ShouldBe("anytime");
        json["plan"]!["certificate"]!.GetValue<string>().ShouldBe("top-class");
        json["execution"]!["precision"]!.GetValue<string>().ShouldBe("bfloat16");
        json["cells"]![0]!["id"]!.GetValue<string>().ShouldBe("mnist/lenet@0.25/gaussian/0.25");
        json["cells"]![0]!["voteKey"]!.GetValue<string>().Length.ShouldBe(64);
        json["datasets"]![0]!["shape"]!.ToJsonString().ShouldBe("{\"channels\":1,\"height\":8,\"width\":8}");
        json["datasets"]![0]!["count"].ShouldBeNull();
    }

    [Fact]
    public void Unknown_fields_are_ignored_and_absent_ones_keep_their_default()
    {
        var json = JsonNode.Parse(SweepDefinitionJson.Write(Definition))!.AsObject();
        json["future"] = 1;
        json.Remove("priority");

        SweepDefinitionJson.Read(json.ToJsonString()).Priority.ShouldBe(0);
    }

    [Fact]
    public void A_sweep_that_an_earlier_version_stored_is_the_same_sweep()
    {
        var now = Definition with
        {
            Models = [.. Definition.Models.Select(m => m with { Route = ClassifierRoute.Network })],
            Cells = [.. Definition.Cells.Select(c => c with { BatchRows = 64 })],
        };
        var earlier = now with
        {
            Id = new SweepId("stored-2"),
            Source = "as it was then",
            Models = [.. now.Models.Select(m => m with { Route = null })],
            Cells = [.. now.Cells.Select(c => c with { BatchRows = null })],
        };

        now.IsSameAs(now).ShouldBeTrue();
        now.IsSameAs(earlier).ShouldBeTrue();
        (now with { Seed = 1 }).IsSameAs(earlier).ShouldBeFalse();
        earlier.IsSameAs(now).ShouldBeFalse();
        (now with { Cells = [.. now.Cells.Select(c => c with { BatchRows = 32 })] }).IsSameAs(now).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1")]
    [InlineData("{\"id\": 5}")]
    public void A_damaged_text_is_one_clear_sentence(string text) =>
        Should.Throw<UserErrorException>(() => SweepDefinitionJson.Read(text)).Message.ShouldContain("cannot be read");

    [Fact]
    public void A_mutated_text_is_read_or_refused() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 6], Gen.OneOf("", "\"", "{", "]", "1", "null", "-", "é"))
            .Sample(
                (at, length, piece) =>
                {
                    var text = SweepDefinitionJson.Write(Definition);
                    var start = (int)(at * (text.Length - 10));
                    var mutated = text.Remove(start, length).Insert(start, piece);
                    try
                    {
                        SweepDefinitionJson.Read(mutated).Name.ShouldNotBeNull();
                    }
                    catch (UserErrorException refused)
                    {
                        refused.Message.ShouldNotBeEmpty();
                    }
                },
                iter: 2000
            );
}
