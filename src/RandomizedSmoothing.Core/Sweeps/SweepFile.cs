using RandomizedSmoothing.Core.Sweeps.Reading;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// Reads sweep files, version 1: one YAML 1.2 document (JSON is a subset), at most 1 MiB. Whatever the text is, the answer is a
/// specification or a list of problems, never an exception.
/// </summary>
public static class SweepFile
{
    /// <summary>Reads a sweep file with the names that the product knows by itself.</summary>
    /// <inheritdoc cref="Parse(string, string?, IReadOnlyList{string}, SweepVocabulary)" />
    public static SweepFileResult Parse(string yaml, string? filePath, IReadOnlyList<string> overrides) =>
        Parse(yaml, filePath, overrides, SweepVocabulary.Default);

    /// <summary>Reads a sweep file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="filePath">
    /// Where the text came from: relative paths in it, and in the overrides, are relative to this file's folder. Null for text
    /// that came over the network: its paths must be absolute.
    /// </param>
    /// <param name="overrides">
    /// <c>path=value</c> each, applied in order before anything is checked: <c>certify.n=1000</c>, <c>sigmas=[0.25,0.5]</c>,
    /// <c>datasets[0].max=50</c>, <c>datasets.mnist.path=/x</c>. The value is YAML; an empty one removes the key.
    /// </param>
    /// <param name="vocabulary">The names of data sets, architectures, noise families and recipes.</param>
    public static SweepFileResult Parse(
        string yaml,
        string? filePath,
        IReadOnlyList<string> overrides,
        SweepVocabulary vocabulary
    )
    {
        var problems = new ProblemList();
        var tree = YamlTreeReader.Read(yaml, problems);
        SweepSpec? spec = null;
        if (tree is not null)
        {
            tree = Overrides.Apply(tree, overrides, problems);
            spec = new SweepReader(problems, vocabulary, new PathResolver(filePath)).Read(tree);
        }

        return new SweepFileResult(
            problems.HasErrors ? null : spec,
            problems.InFileOrder(),
            filePath ?? "(sweep file)"
        );
    }
}
