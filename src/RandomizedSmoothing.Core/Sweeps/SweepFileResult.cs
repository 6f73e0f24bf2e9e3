using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>What came of reading a sweep file: a specification, or every problem that stands in its way, at once.</summary>
/// <param name="Spec">The specification; null exactly when there is an error among the problems.</param>
/// <param name="Problems">Errors and warnings, in the order of the file.</param>
/// <param name="File">The file's name for people.</param>
public sealed record SweepFileResult(SweepSpec? Spec, IReadOnlyList<SweepProblem> Problems, string File)
{
    /// <summary>Whether the file can run.</summary>
    [MemberNotNullWhen(true, nameof(Spec))]
    public bool IsValid => Spec is not null;

    /// <summary>What must be mended.</summary>
    public IEnumerable<SweepProblem> Errors => Problems.Where(p => p.Severity == ProblemSeverity.Error);

    /// <summary>What a person should look at.</summary>
    public IEnumerable<SweepProblem> Warnings => Problems.Where(p => p.Severity == ProblemSeverity.Warning);

    /// <summary>All problems as one block of text for a terminal; empty when there are none.</summary>
    public string Describe()
    {
        if (Problems.Count == 0)
        {
            return "";
        }

        var errors = Errors.Count();
        var warnings = Problems.Count - errors;
        var text = new StringBuilder(File).Append(" has ");
        text.Append(errors == 0 ? Plural(warnings, "warning") : Plural(errors, "problem"));
        if (errors > 0 && warnings > 0)
        {
            text.Append(" and ").Append(Plural(warnings, "warning"));
        }

        text.Append(':');
        foreach (var problem in Problems)
        {
            text.Append("\n\n  ").Append(problem.Describe(File).Replace("\n", "\n  ", StringComparison.Ordinal));
        }

        return text.ToString();
    }

    /// <summary>The specification.</summary>
    /// <exception cref="UserErrorException">There is none; the message lists every problem.</exception>
    public SweepSpec Require() => Spec ?? throw new UserErrorException(Describe());

    private static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
