using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepDefinitionTests
{
    [Fact]
    public void Cells_are_found_in_the_grid_that_the_definition_has()
    {
        var whole = TestDefinition.Of(TestSweep.Parse(SweepTexts.Minimal, null, []).Require());
        var cell = whole.Cells[0] with { Id = new CellId("another") };
        var changed = whole with { Cells = [cell, cell with { Sigma = 9 }] };

        whole.FindCell(whole.Cells[^1].Id).ShouldBeSameAs(whole.Cells[^1]);
        whole.FindCell(cell.Id).ShouldBeNull();
        changed.FindCell(cell.Id).ShouldBeSameAs(cell);
        changed.FindCell(whole.Cells[0].Id).ShouldBeNull();
    }
}
