using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Tests.Submission;

public sealed class SplitComparisonTests : IDisposable
{
    private const string Three = "label,a,b,c,d\n0,9,8,7,6\n1,5,4,3,2\n2,1,0,1,0\n";
    private const string Two = "label,a,b,c,d\n0,9,8,7,5\n1,5,4,3,1\n";
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Networks_trained_on_the_images_that_are_certified_cost_a_warning()
    {
        var table = _scratch.Write("own.csv", Three);
        Notes(table).ShouldHaveSingleItem().ShouldContain("trained on the very images");
        Notes(table, "datasets[0].split=train").ShouldBeEmpty();

        _scratch.Write("own/train.csv", Three);
        _scratch.Write("own/test.csv", Three.Replace("9", "10"));
        Notes(Path.Combine(_scratch.Path, "own")).ShouldBeEmpty();
    }

    [Fact]
    public void Splits_of_other_numbers_of_classes_are_refused_before_anything_is_trained()
    {
        _scratch.Write("own/train.csv", Three);
        _scratch.Write("own/test.csv", Two);
        var folder = Path.Combine(_scratch.Path, "own");
        Should.Throw<UserErrorException>(() => Notes(folder)).Message.ShouldContain("'classes: 3'");
        Notes(folder, "datasets[0].classes=3").ShouldBeEmpty();
    }

    [Fact]
    public void A_label_with_two_names_costs_a_warning()
    {
        var notes = new List<string>();
        var split = new DatasetReference
        {
            Name = "own",
            Hash = default,
            Spec = new DatasetSpec { Name = "own", Split = "train" },
            Shape = new ImageShape(1, 2, 2),
            ClassNames = ["cat", "dog"],
            Step = 1,
            Labels = [0],
        };
        SplitComparison.Run(split, split with { ClassNames = ["cat", "eel"] }, notes.Add);
        notes.ShouldHaveSingleItem().ShouldContain("the label 1 of own is 'dog' in the training split and 'eel'");
    }

    private IReadOnlyList<string> Notes(string path, params string[] changes)
    {
        var text = $$"""
            name: splits
            datasets: [{ name: own, format: csv, path: "{{path}}" }]
            models: [{ name: conv, architecture: small-conv, train: { epochs: 1 } }]
            sigmas: [0.25]
            certify: { n0: 10, n: 100, alpha: 0.01 }
            """;
        var spec = SweepFile.Parse(text, null, changes).Require();
        var cache = new CacheFolders(_scratch.Path);
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = cache, Download = false });
        var resolver = new SweepResolver(catalogue, new ArtifactCache(cache.Artifacts));
        resolver.Resolve(spec, SweepIds.For(spec.Name), text);
        return resolver.Notes;
    }
}
