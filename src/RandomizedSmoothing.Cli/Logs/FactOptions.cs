using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Cli.Logs;

/// <summary>Options that say of logs what their path does not.</summary>
internal sealed class FactOptions
{
    private readonly Option<string?> _dataset = new("--dataset")
    {
        Description = "Data set of the logs.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "Base classifier of the logs.",
        HelpName = "NAME",
    };
    private readonly Option<double?> _train = Level("--train-sigma", "Training noise level");
    private readonly Option<string?> _noise = new("--noise") { Description = "Noise family.", HelpName = "NAME" };
    private readonly Option<double?> _sigma = Level("--sigma", "Smoothing noise level");
    private readonly Option<string?> _split = new("--split")
    {
        Description = "Split of the data set.",
        HelpName = "NAME",
    };
    private readonly Option<long?> _n = NumberOptions.Count("--n", "Estimation draws per image", 1);
    private readonly Option<double?> _alpha = NumberOptions.Number(
        "--alpha",
        "Failure probability per image",
        "greater than 0 and less than 1",
        a => a is > 0 and < 1
    );

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _dataset, _model, _train, _noise, _sigma, _split, _n, _alpha })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is known, with what was given on the command line taking precedence.</summary>
    public LogSpecification Complete(LogSpecification known, ParseResult parsed) =>
        known with
        {
            Dataset = parsed.GetValue(_dataset) ?? known.Dataset,
            Model = parsed.GetValue(_model) ?? known.Model,
            TrainSigma = parsed.GetValue(_train) ?? known.TrainSigma,
            Noise = parsed.GetValue(_noise) ?? known.Noise,
            Sigma = parsed.GetValue(_sigma) ?? known.Sigma,
            Split = parsed.GetValue(_split) ?? known.Split,
            Draws = parsed.GetValue(_n) ?? known.Draws,
            Alpha = parsed.GetValue(_alpha) ?? known.Alpha,
        };

    private static Option<double?> Level(string name, string description) =>
        NumberOptions.Number(name, description, "at least 0", s => s >= 0);
}
