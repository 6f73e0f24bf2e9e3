using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads a whole sweep file from its tree; every problem is reported, none ends the reading.</summary>
internal sealed class SweepReader(ProblemList problems, SweepVocabulary vocabulary, PathResolver paths)
{
    private const int MostItems = 1000;
    private const long ManyCells = 500;
    private const long MostCells = 50_000;
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["mode"] = "certify",
        ["n"] = "certify",
        ["n0"] = "certify",
        ["alpha"] = "certify",
        ["certificate"] = "certify",
        ["familyWise"] = "certify",
        ["images"] = "certify",
        ["sampler"] = "certify",
        ["tolerance"] = "certify",
        ["batchSize"] = "execution",
        ["precision"] = "execution",
        ["maxAttempts"] = "execution",
        ["shardImages"] = "execution",
        ["compareWith"] = "report",
        ["radii"] = "report' or 'certify",
        ["split"] = "datasets[0]",
        ["skip"] = "datasets[0]",
        ["max"] = "datasets[0]",
        ["train"] = "models[0]",
        ["architecture"] = "models[0]",
    };

    public SweepSpec? Read(YamlTree tree)
    {
        var root = Section.Open(tree, "", problems);
        if (root is null)
        {
            return null;
        }

        if (root.Find("version") is { } version)
        {
            Scalars.Integer(version, "version", 1, 1, problems, "this program reads version 1");
        }

        var name = Names.Read(root, "name", "a sweep");
        var datasets = Datasets(root);
        var models = Models(root);
        var noises = Noises(root);
        var sigmas = Sigmas(root);
        var distributions = NoiseRules.Distributions(noises, sigmas, root.Items("sigmas", "sigma"), problems);
        var report = Report(root);
        var (plan, sampler) = Plan(root, datasets, distributions, sigmas, report);
        var spec = new SweepSpec
        {
            Name = name ?? "",
            Seed = root.Find("seed") is { } seed ? Scalars.Unsigned(seed, "seed", problems) ?? 0 : 0,
            Priority = (int)root.Integer("priority", 0, -1000, 1000, "sweeps of higher priority go first"),
            Datasets = datasets,
            Models = models,
            Noises = [.. noises.Select(n => n.Name)],
            Sigmas = sigmas,
            Certify = plan,
            Sampler = sampler,
            Execution = Execution(root),
            Report = report,
        };
        root.Close(Elsewhere);
        if (!problems.HasErrors)
        {
            CheckSize(root, spec);
        }

        return spec;
    }

    private List<DatasetSpec> Datasets(Section root)
    {
        root.Require("datasets", "list at least one data set", "for example: datasets: [{ name: digits }]");
        var reader = new DatasetReader(problems, vocabulary, paths);
        return Each(root, "datasets", "data set", reader.Read, d => d.Name);
    }

    private List<ModelSpec> Models(Section root)
    {
        const string Example = "for example: models: [{ name: net, architecture: small-conv, train: {} }]";
        root.Require("models", "list at least one model", Example);
        var reader = new ModelReader(problems, vocabulary, paths);
        return Each(root, "models", "model", reader.Read, m => m.Name);
    }

    private List<T> Each<T>(
        Section root,
        string key,
        string what,
        Func<YamlTree, string, T?> read,
        Func<T, string> nameOf
    )
        where T : class
    {
        var items = root.Items(key, what);
        if (items.Count > MostItems)
        {
            problems.Error(key, root.Find(key)!, $"may list at most {MostItems} items");
            return [];
        }

        var results = items.Select(i => (i.Path, i.Item.Mark, Value: read(i.Item, i.Path))).ToList();
        Names.RequireUnique(
            results.Select(r =>
                (r.Value is null || nameOf(r.Value).Length == 0 ? null : nameOf(r.Value), r.Path, r.Mark)
            ),
            what,
            problems
        );
        return [.. results.Select(r => r.Value).OfType<T>()];
    }

    private List<NoiseFamily> Noises(Section root)
    {
        if (!root.Has("noises"))
        {
            return [.. vocabulary.Noises.Take(1)];
        }

        var names = vocabulary.Noises.Select(n => n.Name).ToList();
        var noises = new List<NoiseFamily>();
        foreach (var (item, path) in root.Items("noises", "noise family").Take(MostItems))
        {
            var noise = item is YamlScalar scalar ? vocabulary.FindNoise(scalar.Text) : null;
            if (noise is null)
            {
                Scalars.OneOf(item, path, names, problems);
            }
            else if (noises.Exists(n => n.Name == noise.Name))
            {
                problems.Error(path, item, "is listed twice: each noise family once");
            }
            else
            {
                noises.Add(noise);
            }
        }

        return noises;
    }

    private IReadOnlyList<double> Sigmas(Section root)
    {
        const string Meaning = "pixels are in [0,1], so a level of 64 in 0…255 is 0.251 here; 0 for no noise";
        root.Require("sigmas", "list at least one noise level", "for example: sigmas: [0.25, 0.5, 1.0]");
        return Numbers.Distinct(root, "sigmas", "sigma", new Bounds(0, 10), Meaning);
    }

    private (CertificationPlan Plan, SamplerKind Sampler) Plan(
        Section root,
        IReadOnlyList<DatasetSpec> datasets,
        List<NoiseDistribution> noises,
        IReadOnlyList<double> sigmas,
        ReportSpec report
    )
    {
        var tree = root.Find("certify") ?? new YamlMap(root.Mark, []);
        var section = Section.Open(tree, "certify", problems);
        if (section is null)
        {
            return (new CertificationPlan(), SamplerKind.Exact);
        }

        var (plan, sampler) = PlanReader.Read(section);
        PlanReader.Check(
            section,
            plan,
            datasets,
            noises.Count > 0 && noises.TrueForAll(n => n.CompleteDraws is not null)
        );
        NoiseRules.Check(section, plan, sampler, noises);
        PlanReader.CheckGrid(section, plan, report.Radii);
        return plan is { Mode: CertificationMode.Anytime, Radii.Count: 0, Precision: null }
            ? (plan with { Radii = PlanReader.DefaultGrid(sigmas, report.Radii) }, sampler)
            : (plan, sampler);
    }

    private ExecutionPlan Execution(Section root)
    {
        if (root.Find("execution") is not { } tree || Section.Open(tree, "execution", problems) is not { } section)
        {
            return new ExecutionPlan();
        }

        var word = (section.Find("batchSize") as YamlScalar)?.Text;
        var plan = new ExecutionPlan
        {
            BatchSize = word is "auto" or "tuned"
                ? null
                : section.OptionalCount("batchSize", 1 << 16, "rows of a batch, or auto, or tuned"),
            TuneBatch = word == "tuned",
            Precision = section.Choice(
                "precision",
                Precision.Float32,
                ("float32", Precision.Float32),
                ("bfloat16", Precision.BFloat16)
            ),
            MaxAttempts = section.Count("maxAttempts", 3, 1000),
            ShardImages = section.OptionalCount("shardImages", 1_000_000, "images per shard"),
        };
        section.Close();
        return plan;
    }

    private ReportSpec Report(Section root)
    {
        if (root.Find("report") is not { } tree || Section.Open(tree, "report", problems) is not { } section)
        {
            return new ReportSpec();
        }

        var logs = section.Items("compareWith", "log").Take(MostItems);
        var report = new ReportSpec
        {
            Radii = RadiiReader.Read(section, "radii"),
            CompareWith = [.. logs.Select(i => paths.ResolveOrAddress(i.Item, i.Path, problems)).OfType<string>()],
        };
        section.Close();
        return report;
    }

    private void CheckSize(Section root, SweepSpec spec)
    {
        var cells = Grid.Count(spec);
        if (cells > MostCells)
        {
            var rule =
                $"the grid of datasets × models × noises × sigmas has {cells} cells; at most {MostCells} are run";
            problems.Error("sigmas", root.MarkOf("sigmas"), "", rule, "split the sweep");
        }
        else if (cells > ManyCells)
        {
            var rule = $"the grid of datasets × models × noises × sigmas has {cells} cells: this may run for long";
            problems.Warning("sigmas", root.MarkOf("sigmas"), "", rule, "'rsmooth plan' estimates the time");
        }
    }
}
