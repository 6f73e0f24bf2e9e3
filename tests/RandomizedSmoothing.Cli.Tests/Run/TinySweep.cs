namespace RandomizedSmoothing.Cli.Tests.Run;

/// <summary>A sweep that takes seconds: real digits, a network trained for one pass, two sigmas.</summary>
internal static class TinySweep
{
    public const string Text = """
        name: tiny
        seed: 7
        datasets:
          - { name: digits, max: 24 }
        models:
          - name: conv
            architecture: small-conv
            train: { sigmas: match, epochs: 1 }
        sigmas: [0.25, 0.5]
        certify: { n0: 20, n: 300, alpha: 0.001 }
        """;

    public static string[] ResultFiles { get; } =
    [
        "manifest.json",
        "votes.parquet",
        "votes.csv",
        "curves.csv",
        "table.md",
        "table.tex",
        "curves.png",
        "curves.svg",
        "report.html",
        "certificates/digits__conv@0.25__gaussian__0.25.tsv",
        "certificates/digits__conv@0.5__gaussian__0.5.tsv",
    ];

    public static string Votes(string results) => File.ReadAllText(Path.Combine(results, "votes.csv"));
}
