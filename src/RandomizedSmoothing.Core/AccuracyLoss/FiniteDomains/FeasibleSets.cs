using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>Exact enumeration of the feasible sets of a finite kernel.</summary>
public static class FeasibleSets
{
    // Measured on one 2.5 GHz core; only the order of magnitude matters, for the refusal.
    private const double TwoLabelSecondsPerHypothesis = 2.5e-8;
    private const double ManyLabelSecondsPerHypothesis = 1.5e-7;

    private static readonly (double Size, string Unit)[] Times =
    [
        (1, "seconds"),
        (60, "minutes"),
        (3600, "hours"),
        (86400, "days"),
        (31556952, "years"),
    ];

    private static readonly (double Size, string Unit)[] Sizes =
    [
        (1, "bytes"),
        (1L << 10, "KiB"),
        (1L << 20, "MiB"),
        (1L << 30, "GiB"),
        (1L << 40, "TiB"),
    ];

    /// <summary>Counts the feasible sets by smoothing every hypothesis.</summary>
    /// <param name="question">The kernel, the hypotheses and the reading.</param>
    /// <param name="progress">Receives the finished fraction, from several threads.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <exception cref="UserErrorException">
    /// The question is inconsistent, or the enumeration would exceed its budget; the message states the estimated cost.
    /// </exception>
    public static FeasibleSetAnswer Enumerate(
        FeasibleSetQuestion question,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        question.Validate();
        if (question.Space.Listed is not null)
        {
            return ListedEnumeration.Run(question, progress, cancellation);
        }

        CheckBudget(question);
        var tally = new FeasibleTally(
            new LabellingCode(question.Space.Points, question.Space.Labels),
            question.Reading
        );
        var bits = question.Kernel.Rows.Max(r => r.Total.GetBitLength()) + 3;
        if (bits < 63)
        {
            Run<long>(question, tally, progress, cancellation);
        }
        else if (bits < 127)
        {
            Run<Int128>(question, tally, progress, cancellation);
        }
        else
        {
            Run<BigInteger>(question, tally, progress, cancellation);
        }

        return tally.Answer();
    }

    /// <summary>Whether the enumeration of the question stays inside its budget.</summary>
    public static bool IsWithinBudget(FeasibleSetQuestion question) =>
        question.Space.Listed is not null
        || (
            question.Space.Count <= question.Budget.MaxHypotheses
            && Bytes(question) <= question.Budget.MaxBytes
            && LabellingCode.Fits(question.Space.Points, question.Space.Labels)
        );

    private static void Run<T>(
        FeasibleSetQuestion question,
        FeasibleTally tally,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
        where T : struct, IBinaryInteger<T>
    {
        if (question.Space.Labels == 2)
        {
            new TwoLabelEnumeration<T>(question).Run(tally, progress, cancellation);
        }
        else
        {
            new ManyLabelEnumeration<T>(question).Run(tally, progress, cancellation);
        }
    }

    private static BigInteger Bytes(FeasibleSetQuestion question)
    {
        var bitmaps = question.Reading is FeasibleReading.Image or FeasibleReading.Proper ? 1 : 2;
        return question.Space.Count * bitmaps / 8;
    }

    private static void CheckBudget(FeasibleSetQuestion question)
    {
        if (IsWithinBudget(question))
        {
            return;
        }

        var each = question.Space.Labels == 2 ? TwoLabelSecondsPerHypothesis : ManyLabelSecondsPerHypothesis;
        var log10 = question.Space.Points * Math.Log10(question.Space.Labels);
        throw new UserErrorException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Enumerating the {question.Space.Labels}^{question.Space.Points} labellings of {question.Kernel.Name} would take about {Amount(log10 + Math.Log10(each / Environment.ProcessorCount), Times)} and {Amount(log10 - Math.Log10(8), Sizes)} of memory; the limit is {question.Budget.MaxHypotheses:N0} hypotheses and {question.Budget.MaxBytes / (1 << 20):N0} MiB. Use fewer points or labels, a listed class of hypotheses, or a larger limit."
            )
        );
    }

    private static string Amount(double log10, IReadOnlyList<(double Size, string Unit)> units)
    {
        var (size, unit) = units.LastOrDefault(u => Math.Log10(u.Size) <= log10, units[0]);
        var power = log10 - Math.Log10(size);
        return power < 6
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power):G3} {unit}")
            : string.Create(CultureInfo.InvariantCulture, $"1e{power:F0} {unit}");
    }
}
