namespace RandomizedSmoothing.Core.Tests.Sweeps;

/// <summary>Sweep files that the tests start from.</summary>
internal static class SweepTexts
{
    public const string Minimal = """
        name: tiny
        datasets: [{ name: digits }]
        models: [{ name: net, architecture: small-conv, train: {} }]
        sigmas: [0.25]
        """;

    public const string Complete = """
        version: 1
        name: mnist-gaussian
        seed: 20200303
        priority: 2
        datasets:
          - name: mnist
            path: data/mnist
            format: idx
            split: test
            skip: 20
            max: 500
          - name: digits
        models:
          - name: lenet
            architecture: lenet
            train: { sigmas: match, epochs: 4, batchSize: 128, learningRate: 0.05, recipe: gaussian }
          - name: grid
            architecture: small-conv
            train: { sigmas: [0, 0.25], options: { lambda: 20 }, maxImages: 1000 }
          - name: colt
            file: models/colt.ts.pt
            normalize: { mean: [0.1307], std: [0.3081] }
        noises: [gaussian, floating]
        sigmas: [0.25, 0.50, 1.00]
        certify:
          mode: anytime
          n0: 100
          n: 1e5
          alpha: 0.001
          certificate: top-class
          familyWise: bonferroni
          images: correct
          radii: [0.25, 0.5, 0.75, 1.0]
          precision: 0.02
          tolerance: 0.005
          sampler: device
        execution: { batchSize: auto, precision: bfloat16, maxAttempts: 5, shardImages: 8 }
        report: { radii: { from: 0, to: 0.3, step: 0.1 }, compareWith: [logs/cohen.tsv] }
        """;

    /// <summary>The root of the repository: the folder of the solution file.</summary>
    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RandomizedSmoothing.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("RandomizedSmoothing.sln is in no folder above.");
    }
}
