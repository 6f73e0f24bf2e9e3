using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc deduction</c>: what certified accuracy must give up to hold for the whole data set.</summary>
internal static class DeductionCommand
{
    private const string Name = "rsmooth calc deduction";

    public static Command Create(Terminal terminal)
    {
        var images = NumberOptions.Count("--images", "Certified images, m", 1);
        var alpha = CalcOptions.Alpha();
        var rho = NumberOptions.Number(
            "--rho",
            "Failure probability of the statement about the data set",
            "greater than 0 and less than 1",
            r => r is > 0 and < 1
        );
        var format = OutputOption.Create();
        var command = new Command(
            "deduction",
            "How many of m certificates may be false: with probability 1 − rho at most q, so accuracy loses q/m.\nExample: rsmooth calc deduction --images 10000 --alpha 0.001 --rho 0.001"
        )
        {
            images,
            alpha,
            rho,
            format,
        };
        command.SetAction(parsed =>
        {
            var m = parsed.Require(images, Name);
            var a = parsed.Require(alpha, Name);
            var r = parsed.Require(rho, Name);
            var q = DatasetBound.FalseCertificates(m, a, r);
            var published = DatasetBound.PublishedDeduction(m, a, r);
            new CalcResult()
                .Add("images", m, "m")
                .Add("alpha", a, "failure probability of one certificate")
                .Add("rho", r, "failure probability of the statement")
                .Add("false_certificates", q, "least q with P(Bin(m, alpha) > q) ≤ rho")
                .Add("deduction", (double)q / m, "q/m: subtract it from certified accuracy")
                .Add(
                    "published_deduction",
                    published,
                    published < (double)q / m
                        ? "of the published code, which covers too seldom here"
                        : "of the published code, which is not exact"
                )
                .Write(terminal.Out, parsed.GetValue(format));
            return ExitCodes.Done;
        });
        return command;
    }
}
