using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary>An accuracy table in the form that <c>-o</c> asks for.</summary>
internal static class TableOutput
{
    public static string Text(AccuracyTable table, OutputFormat format) =>
        format switch
        {
            OutputFormat.Json => TableData.Json(table),
            OutputFormat.Csv => TableData.Csv(table),
            OutputFormat.Md => TableText.Markdown(table),
            OutputFormat.Latex => TableText.Latex(table),
            _ => TableText.Grid(table),
        };
}
