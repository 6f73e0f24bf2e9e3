using System.Globalization;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// What "feasible under smoothing" means. The readings differ, so each answer names its own.
/// </summary>
public enum FeasibleReading
{
    /// <summary>{S h : h ∈ H}: everything smoothing can produce.</summary>
    Image,

    /// <summary>{S h : h ∈ H} ∩ H: what smoothing can produce inside the class.</summary>
    Proper,

    /// <summary>{h ∈ H : S h = h}: what smoothing leaves alone.</summary>
    Stable,

    /// <summary>{S h : the winning vote is at least ½ + γ at every point}.</summary>
    Margin,

    /// <summary>{h ∈ H : S h fits the given examples}.</summary>
    VersionSpace,
}

/// <summary>A point with its label.</summary>
public readonly record struct LabelledPoint(int Point, int Label);

/// <summary>How much work an enumeration may do before it is refused.</summary>
/// <param name="MaxHypotheses">The most hypotheses to enumerate.</param>
/// <param name="MaxBytes">The most memory for the sets, in bytes.</param>
public sealed record EnumerationBudget(long MaxHypotheses = 1L << 30, long MaxBytes = 2L << 30)
{
    public static EnumerationBudget Default { get; } = new();
}

/// <summary>Which feasible set of which kernel to count.</summary>
/// <param name="Kernel">The noise.</param>
/// <param name="Space">The hypotheses H, over the points of the kernel.</param>
public sealed record FeasibleSetQuestion(SmoothingKernel Kernel, HypothesisSpace Space)
{
    /// <summary>What a tied vote means. Default: abstain.</summary>
    public TieRule Ties { get; init; } = TieRule.Abstain;

    /// <summary>The set whose members are returned. Default: the image.</summary>
    public FeasibleReading Reading { get; init; } = FeasibleReading.Image;

    /// <summary>γ in [0, ½] of the margin reading. Default: zero.</summary>
    public ExactFraction Margin { get; init; } = ExactFraction.Zero;

    /// <summary>The examples of the version-space reading; points are distinct.</summary>
    public IReadOnlyList<LabelledPoint> Examples { get; init; } = [];

    public EnumerationBudget Budget { get; init; } = EnumerationBudget.Default;

    /// <exception cref="UserErrorException">A part does not fit the others.</exception>
    public void Validate()
    {
        if (Space.Points != Kernel.Points)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The hypotheses label {Space.Points} points, but the kernel {Kernel.Name} has {Kernel.Points}. Both must be of one domain."
                )
            );
        }

        if (Margin < ExactFraction.Zero || Margin > ExactFraction.Half)
        {
            throw new UserErrorException($"The margin is {Margin}, but it must lie in [0, 1/2].");
        }

        var points = new HashSet<int>();
        foreach (var (point, label) in Examples)
        {
            if (point < 0 || point >= Kernel.Points || label < 0 || label >= Space.Labels || !points.Add(point))
            {
                throw new UserErrorException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Example {point}:{label} does not fit: points are 0 to {Kernel.Points - 1}, each at most once, and labels 0 to {Space.Labels - 1}."
                    )
                );
            }
        }

        if (Reading == FeasibleReading.VersionSpace && Examples.Count == 0)
        {
            throw new UserErrorException("The version-space reading needs examples, for example 0:1,3:0.");
        }
    }
}
