using System.Globalization;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>
/// The same votes under another plan. What decides which votes are drawn cannot change any more; what follows from them can:
/// α, the kind of certificate, the family-wise correction, the radii of the report.
/// </summary>
public static class Recertification
{
    private static readonly string[] Allowed =
    [
        "certify.alpha",
        "certify.certificate",
        "certify.familyWise",
        "report.radii",
    ];

    /// <summary>The results with changed settings.</summary>
    /// <param name="results">Votes and their plan.</param>
    /// <param name="settings">As on the command line, <c>certify.alpha=0.01</c>; checked by the rules of sweep files.</param>
    /// <exception cref="UserErrorException">A setting is none of the four, or breaks a rule.</exception>
    public static SweepResults Apply(SweepResults results, IReadOnlyList<string> settings)
    {
        if (settings.Count == 0)
        {
            throw new UserErrorException(
                $"Say what to change, for example --set certify.alpha=0.01. These can change: {string.Join(", ", Allowed)}."
            );
        }

        foreach (var setting in settings)
        {
            var key = setting.Split('=')[0].Trim();
            if (!Allowed.Contains(key))
            {
                throw new UserErrorException(
                    $"--set {setting}: stored votes cannot be certified again under another '{key}', because it decides which votes are drawn. These can change: {string.Join(", ", Allowed)}."
                );
            }
        }

        var spec = SweepFile.Parse(Document(results.Sweep), null, settings).Require();
        var plan = results.Sweep.Plan with
        {
            Alpha = spec.Certify.Alpha,
            Certificate = spec.Certify.Certificate,
            FamilyWise = spec.Certify.FamilyWise,
        };
        return results with
        {
            Sweep = results.Sweep with
            {
                Plan = plan,
                Report = results.Sweep.Report with { Radii = spec.Report.Radii },
            },
            Warnings = [.. results.Warnings, $"Certified again from stored votes with {string.Join(", ", settings)}."],
        };
    }

    // A sweep file with this plan and nothing else of interest, so that settings meet the rules of sweep files.
    private static string Document(SweepDefinition sweep)
    {
        var plan = sweep.Plan;
        var radii = string.Join(", ", plan.Radii.Select(Text));
        var reported = string.Join(", ", sweep.Report.Radii.Select(Text));
        var report = sweep.Report.Radii.Count > 0 ? $"report: {{ radii: [{reported}] }}" : "";
        return $$"""
            name: recertify
            datasets: [{ name: digits }]
            models: [{ name: stored, architecture: small-conv, train: { epochs: 1 } }]
            sigmas: [{{string.Join(", ", sweep.Cells.Select(c => c.Sigma).Distinct().Order().Select(Text))}}]
            certify:
              mode: {{Name(plan.Mode)}}
              n0: {{plan.N0}}
              n: {{plan.N}}
              alpha: {{Text(plan.Alpha)}}
              certificate: {{Name(plan.Certificate)}}
              familyWise: {{Name(plan.FamilyWise)}}
              {{(plan.Radii.Count > 0 ? $"radii: [{radii}]" : "")}}
            {{report}}
            """;
    }

    private static string Name<T>(T choice)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString());

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
