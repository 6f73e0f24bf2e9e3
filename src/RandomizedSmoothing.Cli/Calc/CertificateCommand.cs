using System.CommandLine;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc certificate</c>: from vote counts to a certificate, every line of the arithmetic shown.</summary>
internal static class CertificateCommand
{
    private const string Name = "rsmooth calc certificate";

    public static Command Create(Terminal terminal)
    {
        var counts = Votes("--counts", "Estimation votes per class, as 9000,500,500");
        var selection = Votes(
            "--selection",
            "Votes of the draws that select the class; default: --class, else the top of --counts"
        );
        var chosen = NumberOptions.Count("--class", "The class that was fixed before the draws", 0);
        var noise = CalcOptions.Noise();
        var sigma = CalcOptions.Sigma();
        var alpha = CalcOptions.Alpha();
        var norm = CalcOptions.Norm();
        var dimension = CalcOptions.Dimension();
        var images = NumberOptions.Count("--images", "Share alpha among this many images (Bonferroni)", 1);
        var twoClass = new Option<bool>("--two-class")
        {
            Description = "Bound the runner-up too, not the top class alone.",
        };
        var format = OutputOption.Create();
        var command = new Command(
            "certificate",
            "One certificate from vote counts, line by line.\nExample: rsmooth calc certificate --counts 9000,500,500 --class 0 --sigma 0.5 --alpha 0.001"
        )
        {
            counts,
            selection,
            chosen,
            noise,
            sigma,
            alpha,
            norm,
            dimension,
            images,
            twoClass,
            format,
        };
        command.SetAction(parsed =>
        {
            var votes = parsed.GetValue(counts) ?? throw Missing(counts);
            var distribution = NoiseFamilies.Create(parsed.GetValue(noise)!, parsed.Require(sigma, Name));
            var used = parsed.GetValue(norm) is { } text ? Norms.Find(text)!.Value : distribution.DefaultNorm;
            var calculation = new Calculation
            {
                Votes = votes,
                Selection = parsed.GetValue(selection),
                Class = parsed.GetValue(chosen),
                Noise = distribution,
                Norm = used,
                Dimension = Dimensions.Choose(distribution, used, parsed.GetValue(dimension)),
                Alpha = parsed.Require(alpha, Name),
                Images = (int)Math.Min(int.MaxValue, parsed.GetValue(images) ?? 1),
                TwoClass = parsed.GetValue(twoClass),
            };
            Print(terminal, calculation, parsed.GetValue(format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, Calculation calculation, OutputFormat format)
    {
        var (certificate, steps) = calculation.Run();
        var prediction = Prediction.Of(calculation.Votes, calculation.Alpha);
        if (calculation.SelectsFromEvidence)
        {
            terminal.Error.WriteLine(
                "note: the class was chosen by the same votes that prove it. The certificate holds only if the class was fixed before; give --selection or --class."
            );
        }

        if (format == OutputFormat.Table)
        {
            var lines = new RowTable("quantity", "value", "how");
            foreach (var step in steps)
            {
                lines.Add(step.Name, step.Text, step.Formula);
            }

            lines.Add(
                "prediction",
                prediction.Abstained ? "abstain" : FormattableString.Invariant($"class {prediction.Class}"),
                FormattableString.Invariant(
                    $"PREDICT, no radius: two-sided binomial p-value {Math.Exp(prediction.LogPValue):G4} of the two leading classes"
                )
            );
            lines.Write(terminal.Out, format);
            return;
        }

        new CalcResult()
            .Add("class", certificate.SelectedClass)
            .Add("abstain", certificate.Abstained)
            .Add("radius", certificate.Abstained ? null : certificate.Radius)
            .Add("norm", Norms.NameOf(certificate.Norm))
            .Add("lower", certificate.Lower.Value)
            .Add("upper", certificate.OtherUpper?.Value ?? certificate.Lower.Complement)
            .Add("votes", certificate.Votes)
            .Add("draws", certificate.N)
            .Add("alpha", certificate.Alpha)
            .Add("predict", prediction.Class)
            .Add("predict_p_value", Math.Exp(prediction.LogPValue))
            .AddJson("steps", Steps(steps))
            .Write(terminal.Out, format);
    }

    private static JsonArray Steps(IEnumerable<ExplanationStep> steps) =>
        [
            .. steps.Select(step => new JsonObject
            {
                ["name"] = step.Name,
                ["formula"] = step.Formula,
                ["value"] = JsonText.Node(step.Value),
                ["text"] = step.Text,
            }),
        ];

    private static Option<VoteCounts?> Votes(string name, string description) =>
        new(name)
        {
            Description = $"{description}.",
            HelpName = "COUNTS",
            CustomParser = result =>
            {
                var text = string.Concat(result.Tokens.Select(token => token.Value));
                var parts = text.Split(',');
                var counts = new long[parts.Length];
                var good = parts.Length >= 2;
                for (var i = 0; i < parts.Length && good; i++)
                {
                    good = NumberOptions.TryCount(parts[i], out counts[i]) && counts[i] is >= 0 and < 1L << 40;
                }

                if (good && parts.Length <= 1 << 20 && counts.Sum() > 0)
                {
                    return new VoteCounts(counts);
                }

                result.AddError($"{name} is '{text}': it must be the votes of two or more classes, as 9000,500,500.");
                return null;
            },
        };

    private static UserErrorException Missing(Option option) =>
        new($"'{Name}' needs {option.Name}. {option.Description} '{Name} --help' shows what it takes.");

    private sealed record Calculation
    {
        public required VoteCounts Votes { get; init; }

        public VoteCounts? Selection { get; init; }

        public long? Class { get; init; }

        public required NoiseDistribution Noise { get; init; }

        public required Norm Norm { get; init; }

        public required int Dimension { get; init; }

        public required double Alpha { get; init; }

        public required int Images { get; init; }

        public required bool TwoClass { get; init; }

        public bool SelectsFromEvidence => Selection is null && Class is null && Noise.CompleteDraws is null;

        public (Certificate Certificate, IReadOnlyList<ExplanationStep> Steps) Run()
        {
            if (Noise.CompleteDraws is { } complete && complete != Votes.Total)
            {
                throw new UserErrorException(
                    $"--counts add up to {Votes.Total}, but {Noise.Family} noise of this sigma has {complete} offsets, each evaluated once. Give the votes of all of them."
                );
            }

            var plan = new CertificationPlan
            {
                N0 = Selection?.Total ?? 1,
                N = Votes.Total,
                Alpha = Alpha,
                Certificate = TwoClass ? CertificateKind.TwoClass : CertificateKind.TopClass,
                FamilyWise = Images > 1 ? FamilyWiseCorrection.Bonferroni : FamilyWiseCorrection.None,
            };
            var certifier = new Certifier(plan, Noise, Dimension, Images, Norm, SamplerKind.Device);
            var certificate = Selected() is { } label
                ? certifier.CertifyClass(label, Votes)
                : certifier.Certify(0, 0, Selection!, Votes)!;
            return (certificate, CertificateExplanation.Of(certificate, Noise, Dimension, plan, Images));
        }

        private int? Selected()
        {
            if (Class is { } given)
            {
                return given < Votes.Classes
                    ? (int)given
                    : throw new UserErrorException(
                        $"--class is {given}, but --counts has the classes 0 to {Votes.Classes - 1}."
                    );
            }

            if (Selection is null)
            {
                return Votes.TopClass;
            }

            return Selection.Classes == Votes.Classes
                ? null
                : throw new UserErrorException(
                    $"--selection has {Selection.Classes} classes and --counts {Votes.Classes}: both are votes of one classifier, so give as many."
                );
        }
    }
}
