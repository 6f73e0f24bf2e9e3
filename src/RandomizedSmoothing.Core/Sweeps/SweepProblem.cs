using System.Globalization;
using System.Text;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Whether a sweep file with the problem can run.</summary>
public enum ProblemSeverity
{
    /// <summary>Nothing runs until it is mended.</summary>
    Error,

    /// <summary>The file runs as it stands; a person should look at it.</summary>
    Warning,
}

/// <summary>One thing that is wrong with a sweep file, with all that is needed to mend it.</summary>
public sealed record SweepProblem
{
    /// <summary>Whether the file can run.</summary>
    public required ProblemSeverity Severity { get; init; }

    /// <summary>Where in the structure, as <c>certify.alpha</c> or <c>datasets[0].max</c>; empty for the whole file.</summary>
    public required string Path { get; init; }

    /// <summary>Line in the sweep file, from 1; 0 where the value came from an override.</summary>
    public required int Line { get; init; }

    /// <summary>Column in the line, from 1; 0 where the value came from an override.</summary>
    public required int Column { get; init; }

    /// <summary>The override that the value came from, as typed (<c>certify.n=abc</c>); null for the file itself.</summary>
    public string? Override { get; init; }

    /// <summary>The value as given, shortened; empty where something is missing.</summary>
    public required string Given { get; init; }

    /// <summary>What the value must be.</summary>
    public required string Rule { get; init; }

    /// <summary>How to mend it; empty where the rule says it all.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Where the value stands: <c>file:line:column</c> or <c>--set path=value</c>.</summary>
    public string Location(string file)
    {
        if (Override is not null)
        {
            return $"--set {Override}";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}:{Column}");
    }

    /// <summary>The problem in two or three lines: place, path and value; the rule; the hint.</summary>
    public string Describe(string file)
    {
        var text = new StringBuilder(Location(file));
        text.Append(Severity == ProblemSeverity.Warning ? ": warning: " : ": ");
        text.Append(Path.Length == 0 ? "sweep file" : Path);
        if (Given.Length > 0)
        {
            text.Append(" = ").Append(Given);
        }

        text.Append("\n    ").Append(Rule);
        if (Hint.Length > 0)
        {
            text.Append("\n    hint: ").Append(Hint);
        }

        return text.ToString();
    }
}
