using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Output;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>
/// The named values of one calculation. For people a line each with the formula; in JSON one object; in the other forms one
/// row under the names.
/// </summary>
internal sealed class CalcResult
{
    private readonly List<(string Name, object? Value, string Formula)> _values = [];
    private readonly JsonObject _more = [];

    /// <summary>Adds a value.</summary>
    /// <param name="name">Field name.</param>
    /// <param name="value">Number, text, flag or null.</param>
    /// <param name="formula">How it follows, for people.</param>
    public CalcResult Add(string name, object? value, string formula = "")
    {
        _values.Add((name, value, formula));
        return this;
    }

    /// <summary>Adds a field that only the JSON form has.</summary>
    public CalcResult AddJson(string name, JsonNode value)
    {
        _more[name] = value;
        return this;
    }

    /// <summary>Prints the values.</summary>
    public void Write(TextWriter output, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            var lines = new RowTable("quantity", "value", "how");
            foreach (var (name, value, formula) in _values)
            {
                lines.Add(name, Readable(value), formula);
            }

            lines.Write(output, format);
            return;
        }

        if (format == OutputFormat.Json)
        {
            var json = new JsonObject();
            foreach (var (name, value, _) in _values)
            {
                json[name] = JsonText.Node(value);
            }

            foreach (var (name, value) in _more)
            {
                json[name] = value?.DeepClone();
            }

            output.WriteLine(json.ToJsonString(JsonText.Indented));
            return;
        }

        new RowTable([.. _values.Select(v => v.Name)]).Add([.. _values.Select(v => v.Value)]).Write(output, format);
    }

    private static string Readable(object? value) =>
        value switch
        {
            null => "-",
            bool flag => flag ? "yes" : "no",
            double number => FormattableString.Invariant($"{number}"),
            _ => FormattableString.Invariant($"{value}"),
        };
}
