using System.CommandLine;
using System.Globalization;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>The options that all finite domains share, and the question they ask.</summary>
internal sealed class FiniteOptions
{
    private readonly Option<long?> _labels = NumberOptions.Count("--labels", "Number of labels K; default 2", 2);
    private readonly Option<string> _ties = Choice("--ties", "What a tied vote means", "abstain", "keep", "lowest");
    private readonly Option<string> _reading = Choice(
        "--reading",
        "Which set counts as feasible",
        "image",
        "proper",
        "stable",
        "margin",
        "version-space"
    );
    private readonly Option<string> _margin = new("--margin")
    {
        Description = "With --reading margin: the winning vote is at least 1/2 plus this, as 0.1 or 1/10.",
        HelpName = "GAMMA",
        DefaultValueFactory = _ => "0",
    };
    private readonly Option<string?> _examples = new("--examples")
    {
        Description = "With --reading version-space: points with their labels, as 0:1,3:0.",
        HelpName = "POINT:LABEL,…",
    };
    private readonly Option<long?> _limit = NumberOptions.Count(
        "--max-hypotheses",
        "Refuse to enumerate more than this; default 2^30",
        1
    );

    public Option<bool> Sweep { get; } =
        new("--sweep") { Description = "Repeat over noise levels and draw the shrink curve." };

    public Option<string> Out { get; } =
        new("--out")
        {
            Description = "With --sweep: the folder of shrink.png, shrink.svg and shrink.csv.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "theory",
        };

    public Option<OutputFormat> Format { get; } =
        OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);

    /// <summary>An option that takes one of the given words, the first by default.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}: {string.Join(", ", words)}.",
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        return option.AcceptOnlyFromAmong(words);
    }

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[] { _labels, _ties, _reading, _margin, _examples, _limit, Sweep, Out, Format }
        )
        {
            command.Add(option);
        }
    }

    public int Labels(ParseResult parsed) => (int)Math.Min(64, parsed.GetValue(_labels) ?? 2);

    public TieRule Ties(ParseResult parsed) => Enum.Parse<TieRule>(parsed.GetValue(_ties)!, ignoreCase: true);

    public FeasibleSetQuestion Question(ParseResult parsed, SmoothingKernel kernel, HypothesisSpace space)
    {
        if (!ExactFraction.TryParse(parsed.GetValue(_margin), out var margin))
        {
            throw new UserErrorException(
                $"--margin is '{parsed.GetValue(_margin)}': it must be a number from 0 to 1/2, as 0.1 or 1/10."
            );
        }

        return new FeasibleSetQuestion(kernel, space)
        {
            Ties = Ties(parsed),
            Reading = Enum.Parse<FeasibleReading>(
                parsed.GetValue(_reading)!.Replace("-", "", StringComparison.Ordinal),
                ignoreCase: true
            ),
            Margin = margin,
            Examples = Examples(parsed.GetValue(_examples)),
            Budget = EnumerationBudget.Default with { MaxHypotheses = parsed.GetValue(_limit) ?? 1L << 30 },
        };
    }

    private static List<LabelledPoint> Examples(string? text)
    {
        var examples = new List<LabelledPoint>();
        foreach (
            var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            var pair = part.Split(':');
            if (
                pair.Length != 2
                || !int.TryParse(pair[0], CultureInfo.InvariantCulture, out var point)
                || !int.TryParse(pair[1], CultureInfo.InvariantCulture, out var label)
            )
            {
                throw new UserErrorException(
                    $"--examples holds '{part}': each example is a point and its label, as in 0:1,3:0."
                );
            }

            examples.Add(new LabelledPoint(point, label));
        }

        return examples;
    }
}
