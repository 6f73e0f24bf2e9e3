using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepCaveatsTests
{
    // 1,000 classes of 50 images each, in order: the first 500 are of ten classes, and every hundredth of 500.
    [Theory]
    [InlineData(500, 1, 1000, true)]
    [InlineData(500, 100, 1000, false)]
    [InlineData(10, 1, 1000, true)]
    [InlineData(1, 1, 1000, false)]
    [InlineData(50, 1, 2, true)]
    [InlineData(5, 1, 2, false)]
    [InlineData(100, 1, 2, false)]
    public void Images_of_few_classes_are_told_of(int count, int step, int classes, bool told)
    {
        var sweep = TestDefinition.Of(TestSweep.Parse(SweepTexts.Minimal, null, []).Require());
        var data = sweep.Datasets[0] with
        {
            ClassNames = [.. Enumerable.Range(0, classes).Select(i => $"{i}")],
            Labels = [.. Enumerable.Range(0, count).Select(i => i * step / 50)],
        };

        var caveats = SweepCaveats.Of(sweep with { Datasets = [data, .. sweep.Datasets.Skip(1)] });

        caveats.Count(text => text.Contains($"{count} images of {data.Name}")).ShouldBe(told ? 1 : 0);
    }
}
