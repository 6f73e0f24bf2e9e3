using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class GridTests
{
    [Fact]
    public void Cells_follow_the_order_of_the_file_and_read_as_a_path()
    {
        var spec = TestSweep.Parse(SweepTexts.Complete, "/x/s.yaml", ["sigmas=[0.25,1e-4]", "datasets[1]="]).Require();

        Grid.Expand(spec)
            .Select(c => c.Id.Value)
            .ShouldBe([
                "mnist/lenet@0.25/gaussian/0.25",
                "mnist/lenet@0.0001/gaussian/0.0001",
                "mnist/lenet@0.25/floating/0.25",
                "mnist/lenet@0.0001/floating/0.0001",
                "mnist/grid@0/gaussian/0.25",
                "mnist/grid@0/gaussian/0.0001",
                "mnist/grid@0/floating/0.25",
                "mnist/grid@0/floating/0.0001",
                "mnist/grid@0.25/gaussian/0.25",
                "mnist/grid@0.25/gaussian/0.0001",
                "mnist/grid@0.25/floating/0.25",
                "mnist/grid@0.25/floating/0.0001",
                "mnist/colt/gaussian/0.25",
                "mnist/colt/gaussian/0.0001",
                "mnist/colt/floating/0.25",
                "mnist/colt/floating/0.0001",
            ]);
    }

    [Fact]
    public void A_model_is_trained_with_its_cells_noise_and_the_clean_one_is_shared()
    {
        var cells = Grid.Expand(TestSweep.Parse(SweepTexts.Complete, "/x/s.yaml", []).Require()).ToList();

        cells.Single(c => c.Id.Value == "mnist/lenet@0.5/floating/0.5").TrainNoise.ShouldBe("floating");
        cells.Where(c => c.TrainSigma == 0).Select(c => c.TrainNoise).Distinct().ShouldBe(["gaussian"]);
        cells.Where(c => c.Model.Name == "colt").ShouldAllBe(c => c.TrainSigma == null && c.TrainNoise == null);
    }

    [Fact]
    public void Sigma_0_is_one_cell_for_a_network_that_saw_no_noise_and_one_a_family_for_others()
    {
        const string Models =
            "models=[{name: grid, architecture: small-conv, train: {sigmas: [0, 0.5]}}, {name: own, architecture: small-conv, train: {}}, {name: net, file: net.pt}]";
        var spec = TestSweep
            .Parse(SweepTexts.Minimal, "/x/s.yaml", [Models, "noises=[gaussian, floating]", "sigmas=[0,0.5]"])
            .Require();
        var cells = Grid.Expand(spec).ToList();

        cells
            .Where(c => c.Sigma == 0)
            .Select(c => c.Id.Value)
            .ShouldBe([
                "digits/grid@0/gaussian/0",
                "digits/grid@0.5/gaussian/0",
                "digits/grid@0.5/floating/0",
                "digits/own@0/gaussian/0",
                "digits/net/gaussian/0",
            ]);
        cells.Single(c => c.Id.Value == "digits/grid@0.5/floating/0").TrainNoise.ShouldBe("floating");
        Grid.Count(spec).ShouldBe(cells.Count);
    }

    [Fact]
    public void Votes_without_noise_are_the_same_whatever_the_family()
    {
        var data = new ContentHash(new string('a', 64));

        Key(data, data, "uniform", 0, 1, SamplerKind.Exact, Precision.Float32, 64)
            .ShouldBe(Key(data, data, "gaussian", 0, 1, SamplerKind.Exact, Precision.Float32, 64));
    }

    [Fact]
    public void Vote_keys_differ_for_each_ingredient_and_only_for_those()
    {
        var data = new ContentHash(new string('a', 64));
        var model = new ContentHash(new string('b', 64));
        var key = Key(data, model, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64);

        key.Hex.Length.ShouldBe(64);
        Key(data, model, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64).ShouldBe(key);
        new[]
        {
            key,
            Key(model, data, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64),
            Key(data, data, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64),
            Key(data, model, "uniform", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64),
            Key(data, model, "gaussian", Math.BitIncrement(0.25), 1, SamplerKind.Exact, Precision.Float32, 64),
            Key(data, model, "gaussian", 0.25, 2, SamplerKind.Exact, Precision.Float32, 64),
            Key(data, model, "gaussian", 0.25, 1, SamplerKind.Device, Precision.Float32, 64),
            Key(data, model, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.BFloat16, 64),
            Key(data, model, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, null),
            VoteKeys.Compute(data, model, "gaussian", 0.25, 1, SamplerKind.Exact, Precision.Float32, 64, anytime: true),
        }
            .Distinct()
            .Count()
            .ShouldBe(10);
    }

    [Fact]
    public void The_vote_key_scheme_never_changes_silently() =>
        Key(new("aa"), new("bb"), "gaussian", 0.25, 7, SamplerKind.Exact, Precision.Float32, null)
            .Short.ShouldBe("e362c3bc30b5");

    [Fact]
    public void Sweep_ids_are_the_name_and_a_number_when_it_is_taken()
    {
        SweepIds.For("mnist-gaussian").Value.ShouldBe("mnist-gaussian");
        SweepIds.For("my sweep: σ = 1!").Value.ShouldBe("my-sweep-1");
        SweepIds.For("§").Value.ShouldBe("sweep");
        SweepIds.For("a", [new("a"), new("A-2")]).Value.ShouldBe("a-3");
        SweepIds.For(new string('x', 300), [SweepIds.For(new string('x', 300))]).Value.ShouldEndWith("x-2");
    }

    private static ContentHash Key(
        ContentHash data,
        ContentHash model,
        string noise,
        double sigma,
        ulong seed,
        SamplerKind sampler,
        Precision precision,
        int? rows
    ) => VoteKeys.Compute(data, model, noise, sigma, seed, sampler, precision, rows);
}
