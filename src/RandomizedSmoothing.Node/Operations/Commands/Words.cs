using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>States as words of the command line: <c>completed-with-gaps</c>.</summary>
internal static class Words
{
    public static string Of(SweepState state) =>
        state == SweepState.CompletedWithGaps ? "completed-with-gaps" : state.ToString().ToLowerInvariant();
}
