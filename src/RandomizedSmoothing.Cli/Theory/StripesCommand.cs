using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary><c>rsmooth theory stripes</c>: alternating labels on the line.</summary>
internal static class StripesCommand
{
    public static Command Create(Terminal terminal)
    {
        var width = NoiseOptions.Positive("--width", "Width L of a stripe; default 1");
        var noise = new NoiseOptions();
        var command = new Command(
            "stripes",
            "Stripes of alternating labels: what noise keeps, inverts and erases.\nExample: rsmooth theory stripes --width 1 --noise uniform --scale 1.5"
        )
        {
            width,
        };
        noise.AddTo(command);
        command.SetAction(parsed =>
        {
            var wave = new SquareWave(parsed.GetValue(width) ?? 1, noise.Law(parsed));
            var smoothed = wave.Smooth();
            new CalcResult()
                .Add("width", wave.HalfPeriod, "L")
                .Add("noise", noise.Family(parsed))
                .Add("sigma", wave.Noise.StandardDeviation, "standard deviation")
                .Add("scale", wave.Noise.Scale, "the family's own scale")
                .Add("kept", smoothed.Kept, "share of the line where the label wins")
                .Add("inverted", smoothed.Inverted, "share where the other label wins")
                .Add("erased", smoothed.Erased, "share where both votes are 1/2")
                .Add("centre_vote", smoothed.CentreVote, "own vote at the centre of a stripe")
                .Add("own_loss", smoothed.OwnLoss, "1 − kept")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }
}
