using System.CommandLine;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>A preflight as <c>run</c>, <c>plan</c> and <c>submit</c> print it.</summary>
internal static class PreflightText
{
    /// <summary>The flag that leaves it out.</summary>
    public static Option<bool> Flag() =>
        new("--no-preflight") { Description = "Skips the short look at imported models and radii before the sweep." };

    /// <summary>A line per model, then the warnings.</summary>
    public static async Task WriteAsync(TextWriter output, PreflightReport report)
    {
        foreach (var model in report.Models)
        {
            await output.WriteLineAsync($"preflight: {model.Describe()}");
        }

        foreach (var warning in report.Warnings)
        {
            await output.WriteLineAsync($"warning: {warning}");
        }
    }

    public static JsonObject Json(PreflightReport report) =>
        new()
        {
            ["models"] = new JsonArray([
                .. report.Models.Select(m => new JsonObject
                {
                    ["model"] = m.Model,
                    ["dataset"] = m.Dataset,
                    ["images"] = m.Probe.Clean.Of,
                    ["accuracy"] = m.Probe.Clean.Value,
                    ["noisy"] = new JsonArray([
                        .. m.Probe.Noisy.Select(n => new JsonObject
                        {
                            ["noise"] = n.Noise,
                            ["sigma"] = n.Sigma,
                            ["accuracy"] = n.Draws.Value,
                        }),
                    ]),
                    ["better_reading"] = m.Probe.Better?.Reading.Name,
                }),
            ]),
            ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]),
        };
}
