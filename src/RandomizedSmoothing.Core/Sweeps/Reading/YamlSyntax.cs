using YamlDotNet.Core;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Turns what the YAML scanner throws into a problem that a person can act on.</summary>
internal static class YamlSyntax
{
    /// <summary>Reports a text that is not YAML.</summary>
    /// <param name="broken">What the scanner threw.</param>
    /// <param name="text">The text.</param>
    /// <param name="reached">The last value that was understood: some errors carry no place of their own.</param>
    /// <param name="problems">Where the problem goes.</param>
    public static void Report(Exception broken, string text, SourceMark reached, ProblemList problems)
    {
        var lines = text.Split('\n');
        var mark = reached;
        var reason = "the structure breaks off here or just below";
        if (broken is YamlException located)
        {
            reason = Reason(located);
            var own = new SourceMark((int)located.Start.Line, (int)located.Start.Column, reached.Override);
            mark = own.Line > reached.Line || (own.Line == reached.Line && own.Column > reached.Column) ? own : reached;
        }

        var hint = "look for a missing colon, bracket or quote at or above this line, and for uneven indentation";
        var tab =
            reason.Contains(" tab ", StringComparison.Ordinal)
            || reason.Contains("cannot start", StringComparison.Ordinal)
                ? TabIndented(lines, mark.Line)
                : 0;
        if (tab > 0)
        {
            mark = mark with { Line = tab, Column = lines[tab - 1].IndexOf('\t', StringComparison.Ordinal) + 1 };
            hint = "the line is indented with a tab: YAML takes spaces only";
        }

        var given = mark.Line >= 1 && mark.Line <= lines.Length ? lines[mark.Line - 1].Trim() : "";
        problems.Error("", mark, given, $"is not YAML: {reason}", hint);
    }

    /// <summary>The first line, from one above <paramref name="from"/> to two below, that is indented with a tab; 0 for none.</summary>
    private static int TabIndented(string[] lines, int from)
    {
        for (var line = Math.Max(1, from - 1); line <= Math.Min(from + 2, lines.Length); line++)
        {
            var content = lines[line - 1];
            if (content[..^content.AsSpan().TrimStart().Length].Contains('\t', StringComparison.Ordinal))
            {
                return line;
            }
        }

        return 0;
    }

    private static string Reason(YamlException broken)
    {
        var text = broken.Message;
        var colon = text.StartsWith('(') ? text.IndexOf("): ", StringComparison.Ordinal) : -1;
        return colon < 0 ? text : text[(colon + 3)..];
    }
}
