using System.CommandLine;
using System.Globalization;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary>Arguments and options that the commands on logs share.</summary>
internal static class LogOptions
{
    /// <summary><c>PATH…</c>, at least <paramref name="least"/>.</summary>
    public static Argument<string[]> Paths(string description, int least = 1) =>
        new("PATH") { Description = description, Arity = new ArgumentArity(least, 100_000) };

    /// <summary><c>--radii 0.25,0.5</c>; empty where not given.</summary>
    public static Option<IReadOnlyList<double>> Radii() =>
        new("--radii")
        {
            Description = "Radii of the columns, separated by commas; about six round ones when left out.",
            HelpName = "R,R,…",
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                var radii = new List<double>();
                foreach (var text in result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries)))
                {
                    if (
                        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var radius)
                        || !(radius >= 0)
                        || !double.IsFinite(radius)
                    )
                    {
                        result.AddError(
                            $"--radii takes numbers of at least 0 separated by commas, not '{text}'; for example --radii 0.25,0.5,1."
                        );
                        return [];
                    }

                    radii.Add(radius);
                }

                return [.. radii.Distinct().Order()];
            },
        };

    /// <summary>A folder to write to.</summary>
    public static Option<string?> Out(string description) =>
        new("--out") { Description = description, HelpName = "DIR" };

    /// <summary>Says what could not be read of the logs: numbers made of the rest must not look like those of the whole.</summary>
    public static async Task TellDamageAsync(Terminal terminal, IEnumerable<RunSource> sources)
    {
        foreach (var damage in sources.SelectMany(s => s.Runs).SelectMany(r => r.Damage))
        {
            await terminal.Error.WriteLineAsync($"note: {damage}");
        }
    }
}
