using System.CommandLine;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>
/// <c>rsmooth calc anytime</c>: what the anytime mode costs and yields beside the fixed plan, on voters with the probabilities of a
/// certification log.
/// </summary>
internal static class AnytimeCommand
{
    private const string Name = "rsmooth calc anytime";

    public static Command Create(Terminal terminal)
    {
        var log = new Argument<string>("log") { Description = "Certification log (TSV) of Gaussian noise." };
        var sigma = CalcOptions.Sigma();
        var radii = new Option<string>("--radii")
        {
            Description = "Radii to decide, separated by commas.",
            HelpName = "R,R,…",
            DefaultValueFactory = _ => "0.25,0.5,0.75,1,1.25,1.5",
        };
        var draws = NumberOptions.Count(
            "--draws",
            "Cap of the anytime mode and n of the fixed plan; default 100000",
            1
        );
        var selection = NumberOptions.Count("--selection-draws", "n0; default 100", 1);
        var alpha = CalcOptions.Alpha();
        var tolerance = NumberOptions.Number(
            "--tolerance",
            "Curve-aware stop: share of certified accuracy that may be given up at each radius",
            "greater than 0 and at most 0.1",
            t => t is > 0 and <= 0.1
        );
        var repetitions = NumberOptions.Count("--repetitions", "How often each image is simulated; default 4", 1);
        var seed = NumberOptions.Count("--seed", "Seed of the votes; default 1", 0);
        var correct = new Option<bool>("--correct-only")
        {
            Description = "No estimation draws for images whose selected class is not the label.",
        };
        var format = OutputOption.Create();
        var command = new Command(
            "anytime",
            "Simulates the anytime mode beside the fixed plan on the probabilities of a certification log."
        )
        {
            log,
            sigma,
            radii,
            draws,
            selection,
            alpha,
            tolerance,
            repetitions,
            seed,
            correct,
            format,
        };
        command.SetAction(parsed =>
        {
            var read = CohenTsvReader.Read(terminal.Resolve(parsed.GetValue(log)!));
            RequireRadii(read);
            var level = parsed.GetValue(sigma) ?? read.Specification.Sigma ?? parsed.Require(sigma, Name);
            var plan = new CertificationPlan
            {
                Mode = CertificationMode.Anytime,
                N = parsed.GetValue(draws) ?? 100_000,
                N0 = parsed.GetValue(selection) ?? 100,
                Alpha = parsed.GetValue(alpha) ?? 0.001,
                Radii = Radii(parsed.GetValue(radii)!),
                Tolerance = parsed.GetValue(tolerance),
                Images = parsed.GetValue(correct) ? CertifiedImages.Correct : CertifiedImages.All,
            };
            SimulatedVoter[] voters =
            [
                .. read.Rows.Select(r => SimulatedVoter.FromCertificate(r.Radius, level, r.Correct, r.Abstained)),
            ];
            var comparison = AnytimeSimulation.Compare(
                voters,
                plan,
                NoiseFamilies.Create("gaussian", level),
                dimension: 1,
                (ulong)(parsed.GetValue(seed) ?? 1),
                (int)Math.Min(10_000, parsed.GetValue(repetitions) ?? 4)
            );
            Print(terminal, comparison, voters.Length, plan, parsed.GetValue(format));
            return ExitCodes.Done;
        });
        return command;
    }

    // Probabilities are read off the radii, by the formula of Gaussian noise.
    private static void RequireRadii(CertificationLog log)
    {
        if (log.Kind == LogKind.Predict || log.Rows.Count == 0)
        {
            var reason = log.Kind == LogKind.Predict ? "is a prediction log: it has no radii" : "has no row";
            throw new UserErrorException(
                $"'{log.Path}' {reason}, so no probabilities can be told from it. Give a certification log, with the columns {CohenTsv.Header.Replace('\t', ' ')}."
            );
        }

        if (log.Specification.Noise is { } noise and not "gaussian")
        {
            throw new UserErrorException(
                $"'{log.Path}' is a log of {noise} noise, and probabilities are read off the radii of gaussian noise only. Give a log of gaussian noise."
            );
        }
    }

    private static void Print(
        Terminal terminal,
        AnytimeComparison comparison,
        int images,
        CertificationPlan plan,
        OutputFormat format
    )
    {
        var table = new RowTable("radius", "anytime", "fixed", "difference");
        foreach (var point in comparison.Points)
        {
            table.Add(point.Radius, Rounded(point.Anytime), Rounded(point.Fixed), Rounded(point.Difference));
        }

        var summary = new CalcResult()
            .Add("images", images, "rows of the log")
            .Add("mean_draws", Math.Round(comparison.MeanDraws, 1), "per image, anytime, selection included")
            .Add("fixed_draws", comparison.FixedDraws, "per image, fixed")
            .Add("saving", Math.Round(comparison.FixedDraws / comparison.MeanDraws, 2), "times fewer draws")
            .Add("share_at_cap", Rounded(comparison.ShareAtCap), "images that needed every draw")
            .Add("alpha", plan.Alpha, "per image, for all radii together");
        if (format is OutputFormat.Json)
        {
            summary.AddJson("points", table.ToJson()).Write(terminal.Out, format);
            return;
        }

        if (format is OutputFormat.Table)
        {
            summary.Write(terminal.Out, format);
            terminal.Out.WriteLine();
        }

        table.Write(terminal.Out, format);
    }

    private static double[] Radii(string text)
    {
        var radii = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!NumberOptions.TryNumber(part, out var radius) || radius < 0)
            {
                throw new UserErrorException(
                    $"--radii holds '{part}': each is a number of at least 0, separated by commas, as in 0.25,0.5,1."
                );
            }

            radii.Add(radius);
        }

        return radii.Count > 0
            ? [.. radii.Order().Distinct()]
            : throw new UserErrorException("--radii is empty: give at least one radius, as in 0.5.");
    }

    private static double Rounded(double value) => Math.Round(value, 6);
}
