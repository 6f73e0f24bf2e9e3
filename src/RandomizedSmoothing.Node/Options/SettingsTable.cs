using System.Text;

namespace RandomizedSmoothing.Node.Options;

/// <summary>The settings as a Markdown table, for <c>cluster-config/README.md</c> and <c>rsmooth node settings</c>.</summary>
public static class SettingsTable
{
    /// <summary>One row a setting, ending with a line feed.</summary>
    public static string Markdown()
    {
        var table = new StringBuilder();
        table.Append("| setting | form | default | unit | what it decides | when to change it |\n");
        table.Append("|---|---|---|---|---|---|\n");
        foreach (var s in NodeSettings.All)
        {
            var form = s.Repeatable ? s.Form + ", …" : s.Form;
            table.Append(
                $"| `{s.Flag}`<br>`{s.Variable}` | {form} | {s.Default} | {s.Unit} | {s.Description} | {s.WhenToChange} |\n"
            );
        }

        return table.ToString();
    }
}
