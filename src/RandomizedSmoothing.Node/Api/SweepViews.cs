using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>One sweep in a list.</summary>
/// <param name="Id">Names it in every address.</param>
/// <param name="Name">The name in its file.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why, where there is something to say.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="SubmittedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When state or priority last changed.</param>
/// <param name="Cells">Cells of its grid.</param>
/// <param name="ImagesDone">Images done, all cells.</param>
/// <param name="Images">Images, all cells.</param>
/// <param name="Draws">Draws counted.</param>
/// <param name="DrawsPlanned">Draws the plan needs at most.</param>
public sealed record SweepView(
    string Id,
    string Name,
    SweepState State,
    string? Reason,
    int Priority,
    DateTimeOffset SubmittedAt,
    DateTimeOffset UpdatedAt,
    int Cells,
    int ImagesDone,
    int Images,
    long Draws,
    long DrawsPlanned
);

/// <summary>A page of sweeps, the last submitted first.</summary>
/// <param name="Sweeps">At most as many as were asked for.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
public sealed record SweepPage(IReadOnlyList<SweepView> Sweeps, string? Next);

/// <summary>A sweep with its progress, the devices that counted for it and its troubles.</summary>
public sealed record SweepDetail(SweepView Sweep, ProgressView? Progress, IReadOnlyList<TroubleView> Troubles);

/// <summary>A range of images that failed.</summary>
public sealed record TroubleView(string Cell, int First, int Count, string Kind, int Attempts, string Reason);

/// <summary>A line of a sweep's history.</summary>
public sealed record EventView(long Number, DateTimeOffset At, string Kind, string Text);

/// <summary>What became of a submission.</summary>
/// <param name="Id">The sweep.</param>
/// <param name="Name">Its name.</param>
/// <param name="New">False when the same sweep was known already; nothing changed then.</param>
/// <param name="Cells">Cells of its grid.</param>
/// <param name="Images">Images, all cells.</param>
/// <param name="DrawsPlanned">Draws the plan needs at most.</param>
/// <param name="Warnings">What a person should look at, in the sweep file or of its models.</param>
/// <param name="Measured">Batch shapes that were measured for it, a sentence each; none where nothing is new, null from earlier versions.</param>
public sealed record SubmissionView(
    string Id,
    string Name,
    bool New,
    int Cells,
    long Images,
    long DrawsPlanned,
    IReadOnlyList<ProblemView> Warnings,
    IReadOnlyList<string>? Measured = null
);

/// <summary>One thing that is wrong with a sweep file.</summary>
public sealed record ProblemView(
    string Path,
    int Line,
    int Column,
    string Given,
    string Rule,
    string? Hint,
    string? Override
)
{
    /// <summary>The view of a problem.</summary>
    public static ProblemView From(SweepProblem problem) =>
        new(
            problem.Path,
            problem.Line,
            problem.Column,
            problem.Given,
            problem.Rule,
            problem.Hint.Length == 0 ? null : problem.Hint,
            problem.Override
        );

    /// <summary>The view of a remark that belongs to no line.</summary>
    public static ProblemView Note(string remark) => new("", 0, 0, "", remark, null, null);
}

/// <summary>The priority to set.</summary>
public sealed record PriorityRequest(int Priority);

/// <summary>A worker node.</summary>
public sealed record WorkerInfo(string Name, bool Draining, IReadOnlyList<DeviceInfo> Devices);

/// <summary>A device of a worker node.</summary>
/// <param name="Name">Within the node.</param>
/// <param name="Kind"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Description">For people.</param>
/// <param name="Work">What it is doing; null when idle.</param>
/// <param name="Suspicion">Why its votes are doubted, it is taken for hung, or its machine could not do its last work; else null.</param>
/// <param name="DrawsPerSecond">Over the last seconds; 0 when idle.</param>
public sealed record DeviceInfo(
    string Name,
    string Kind,
    string Description,
    string? Work,
    string? Suspicion,
    double DrawsPerSecond = 0
);
