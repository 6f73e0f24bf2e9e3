using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

/// <summary>Definitions that no sweep file gives, but a text can.</summary>
public sealed class SweepDefinitionRulesTests
{
    private static readonly SweepDefinition Definition = TestDefinition.Of(
        TestSweep.Parse(SweepTexts.Complete.Replace(", floating", ""), "/x/s.yaml", []).Require()
    );

    [Fact]
    public void What_a_sweep_file_gives_keeps_them() => SweepDefinitionRules.Problems(Definition).ShouldBeEmpty();

    [Fact]
    public void A_cell_that_is_there_twice_is_named()
    {
        var twice = Definition with { Cells = [.. Definition.Cells, Definition.Cells[0]] };

        SweepDefinitionRules
            .Problems(twice)
            .ShouldHaveSingleItem()
            .ShouldBe($"The cell '{Definition.Cells[0].Id}' is there more than once.");
    }

    [Fact]
    public void A_cell_without_its_data_set_model_or_noise_is_named()
    {
        var cell = Definition.Cells[0];
        var nowhere = new ContentHash(new string('0', 64));

        OfCell(cell with { Dataset = nowhere }).ShouldContain("000000000000");
        OfCell(cell with { Id = new CellId("other/" + cell.Id) }).ShouldContain("the name with which the id begins");
        OfCell(cell with { Model = nowhere }).ShouldContain("000000000000");
        OfCell(cell with { Noise = "violet" }).ShouldContain("violet");
        OfCell(cell with { Sigma = -1 }).ShouldContain("-1");
    }

    [Fact]
    public void A_data_set_whose_images_cannot_be_numbered_is_named()
    {
        OfDataset(d => d with { Step = 0 }).ShouldContain("step = 0");
        OfDataset(d => d with { Step = int.MaxValue }).ShouldContain("step = 2147483647");
        OfDataset(d => d with { Labels = [] }).ShouldContain("must have images");
        OfDataset(d => d with { Labels = [7] }).ShouldContain("labels from 0 to 2");
        OfDataset(d => d with { Shape = new ImageShape(0, 8, 8) }).ShouldContain("0×8×8");
        OfDataset(d => d with { ClassNames = default }).ShouldContain("null");
    }

    [Fact]
    public void The_same_about_many_cells_is_said_once()
    {
        var cells = Definition.Cells.Select(cell => cell with { Noise = "violet" });

        SweepDefinitionRules
            .Problems(Definition with { Cells = [.. cells] })
            .ShouldHaveSingleItem()
            .ShouldStartWith($"The cell '{Definition.Cells[0].Id}': There is no noise family 'violet'.");
    }

    [Theory]
    [InlineData(0, 100, 0.1)]
    [InlineData(10, 0, 0.1)]
    [InlineData(10, long.MaxValue, 0.1)]
    [InlineData(10, 100, 0.5)]
    [InlineData(10, 100, double.NaN)]
    public void A_plan_that_draws_nothing_or_proves_nothing_is_refused(long n0, long n, double alpha)
    {
        var plan = new CertificationPlan
        {
            N0 = n0,
            N = n,
            Alpha = alpha,
        };

        SweepDefinitionRules
            .Problems(Definition with { Plan = plan })
            .ShouldHaveSingleItem()
            .ShouldStartWith("Its plan");
    }

    [Fact]
    public void A_model_is_trained_or_imported()
    {
        var model = Definition.Models[0] with { Training = null, FileHash = null };

        SweepDefinitionRules
            .Problems(Definition with { Models = [model, .. Definition.Models.Skip(1)] })
            .ShouldHaveSingleItem()
            .ShouldContain($"'{model.Name}' needs either");
    }

    [Fact]
    public void Many_problems_make_one_paragraph_of_a_few_sentences()
    {
        var none = Definition with { Datasets = [], Models = [] };

        var refusal = Should.Throw<UserErrorException>(() => SweepDefinitionRules.Require(none));

        refusal.Message.ShouldStartWith("The sweep 'mnist-gaussian' cannot be run: ");
        refusal.Message.ShouldContain("more such problems");
        refusal.Message.Split(". ").Length.ShouldBeLessThan(8);
    }

    private static string OfCell(CellDefinition cell) =>
        SweepDefinitionRules
            .Problems(Definition with { Cells = [cell, .. Definition.Cells.Skip(1)] })
            .ShouldHaveSingleItem();

    private static string OfDataset(Func<DatasetReference, DatasetReference> change) =>
        SweepDefinitionRules
            .Problems(Definition with { Datasets = [change(Definition.Datasets[0]), .. Definition.Datasets.Skip(1)] })
            .ShouldHaveSingleItem();
}
