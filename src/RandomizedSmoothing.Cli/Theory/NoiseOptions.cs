using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>The noise of a continuous domain: its family, and its level as a standard deviation or as the natural scale.</summary>
internal sealed class NoiseOptions
{
    private readonly Option<string> _family = FiniteOptions.Choice("--noise", "Noise family", [.. NoiseLaws.Names]);
    private readonly Option<double?> _sigma = Positive("--sigma", "Standard deviation of each coordinate");
    private readonly Option<double?> _scale = Positive(
        "--scale",
        "Instead of --sigma, the family's own scale: sigma, Laplace b, uniform or ball radius r, logistic s"
    );

    public Option<bool> Sweep { get; } =
        new("--sweep") { Description = "Repeat over 60 noise levels and draw the shrink curve." };

    public Option<string> Out { get; } =
        new("--out")
        {
            Description = "With --sweep: the folder of shrink.png, shrink.svg and shrink.csv.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "theory",
        };

    public Option<OutputFormat> Format { get; } =
        OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);

    public static Option<double?> Positive(string name, string description) =>
        NumberOptions.Number(name, description, "greater than 0", v => v > 0);

    public void AddTo(Command command, bool level = true)
    {
        command.Add(_family);
        if (level)
        {
            command.Add(_sigma);
            command.Add(_scale);
        }

        command.Add(Format);
    }

    public void AddSweepTo(Command command)
    {
        command.Add(Sweep);
        command.Add(Out);
    }

    public string Family(ParseResult parsed) => parsed.GetValue(_family)!;

    public bool IsSweep(ParseResult parsed) => parsed.GetValue(Sweep);

    /// <summary>The law of one coordinate.</summary>
    /// <exception cref="UserErrorException">Neither level, or both, were given.</exception>
    public SymmetricNoise Law(ParseResult parsed, int dimension = 1) =>
        (parsed.GetValue(_sigma), parsed.GetValue(_scale)) switch
        {
            ({ } sigma, null) => NoiseLaws.OfSigma(Family(parsed), sigma, dimension),
            (null, { } scale) => NoiseLaws.OfScale(Family(parsed), scale, dimension),
            _ => throw new UserErrorException(
                "Give the noise level once: --sigma S (standard deviation of each coordinate) or --scale S (the family's own scale)."
            ),
        };
}
