using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc bound</c>: one-sided Clopper-Pearson bounds, of one pair of counts or of a file of them.</summary>
internal static class BoundCommand
{
    private const string Name = "rsmooth calc bound";
    private const long MostDraws = 1L << 53;

    public static Command Create(Terminal terminal)
    {
        var successes = NumberOptions.Count("--successes", "Votes for the class, k", 0);
        var draws = NumberOptions.Count("--draws", "Draws, n", 1);
        var alpha = CalcOptions.Alpha();
        var input = new Option<string?>("--input")
        {
            Description = "A CSV file with columns n,k,alpha instead: writes n,k,alpha,lower,upper for every row.",
            HelpName = "FILE",
        };
        var output = new Option<string?>("--out")
        {
            Description = "With --input: the file to write.",
            HelpName = "FILE",
        };
        var format = OutputOption.Create();
        var command = new Command(
            "bound",
            "Lower and upper Clopper-Pearson bound, each one-sided at alpha and rounded outward.\nExample: rsmooth calc bound --successes 990 --draws 1000 --alpha 0.001"
        )
        {
            successes,
            draws,
            alpha,
            input,
            output,
            format,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (parsed.GetValue(input) is { } path)
                {
                    var rows = new CsvRows(terminal.Resolve(path), "n", "k", "alpha");
                    await CsvOutput.WriteAsync(
                        terminal,
                        parsed.GetValue(output),
                        writer => rows.WriteAsync(writer, "n,k,alpha,lower,upper", row => Line(rows, row), cancellation)
                    );
                    return ExitCodes.Done;
                }

                var k = parsed.Require(successes, Name);
                var n = parsed.Require(draws, Name);
                var a = parsed.Require(alpha, Name);
                if (k > n || n > MostDraws)
                {
                    throw new UserErrorException(
                        $"--successes {k} of --draws {n}: successes cannot exceed draws, and draws end at 2^53. Give k and n of one experiment."
                    );
                }

                One(k, n, a).Write(terminal.Out, parsed.GetValue(format));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static CalcResult One(long k, long n, double alpha)
    {
        var lower = BinomialBounds.LowerBound(k, n, alpha);
        var upper = BinomialBounds.UpperBound(k, n, alpha);
        return new CalcResult()
            .Add("successes", k, "k")
            .Add("draws", n, "n")
            .Add("alpha", alpha, "one-sided, each bound")
            .Add("lower", lower.Value, "p with P(Bin(n, p) ≥ k) = alpha, rounded down")
            .Add("upper", upper.Value, "p with P(Bin(n, p) ≤ k) = alpha, rounded up")
            .Add("lower_complement", lower.Complement, "1 − lower with its own digits")
            .Add("upper_complement", upper.Complement, "1 − upper with its own digits")
            .Add(
                "least_successes",
                CertificationLimits.MinimumCertifiableCount(n, alpha),
                "least k of these n whose lower bound reaches ½: fewer abstain"
            );
    }

    private static string Line(CsvRows rows, CsvRow row)
    {
        if (!NumberOptions.TryCount(row.Cells[0], out var n) || n is < 1 or > MostDraws)
        {
            throw rows.Refuse(row, 0, "a whole number of draws, at least 1");
        }

        if (!NumberOptions.TryCount(row.Cells[1], out var k) || k < 0 || k > n)
        {
            throw rows.Refuse(row, 1, $"a whole number of successes from 0 to {n}");
        }

        if (!NumberOptions.TryNumber(row.Cells[2], out var alpha) || alpha is not (> 0 and < 1))
        {
            throw rows.Refuse(row, 2, "a number greater than 0 and less than 1");
        }

        var lower = BinomialBounds.Lower(k, n, alpha);
        var upper = BinomialBounds.Upper(k, n, alpha);
        return FormattableString.Invariant($"{n},{k},{row.Cells[2]},{lower:R},{upper:R}");
    }
}
