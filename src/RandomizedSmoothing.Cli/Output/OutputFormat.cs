using System.CommandLine;

namespace RandomizedSmoothing.Cli.Output;

/// <summary>How results are printed.</summary>
public enum OutputFormat
{
    /// <summary>Aligned columns for people.</summary>
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,

    /// <summary>A Markdown table.</summary>
    Md,

    /// <summary>A LaTeX tabular.</summary>
    Latex,
}

/// <summary>The option <c>-o table|json|csv|md|latex</c>.</summary>
public static class OutputOption
{
    /// <summary>Creates the option, offering the given formats, the first as default; all of them when none is given.</summary>
    public static Option<OutputFormat> Create(params OutputFormat[] formats)
    {
        var offered = formats.Length > 0 ? formats : Enum.GetValues<OutputFormat>();
        var names = offered.Select(f => f.ToString().ToLowerInvariant()).ToArray();
        var option = new Option<OutputFormat>("--output", "-o")
        {
            Description = $"How to print: {string.Join(", ", names)}.",
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => offered[0],
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, names);
        return option;
    }
}
