using System.Globalization;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Options;
using RandomizedSmoothing.Node.Scaling;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary><c>rsmooth workers --advise</c>: how many workers finish by when at which cost.</summary>
internal static class WorkerAdvice
{
    private static readonly TimeSpan Target = TimeSpan.FromHours(1);

    public static async Task<int> WriteAsync(
        ApiClient client,
        string? deadline,
        double? costPerHour,
        OutputFormat format,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var target = Target;
        if (deadline is not null && (!Durations.TryParse(deadline, out target) || target <= TimeSpan.Zero))
        {
            throw new UserErrorException($"--deadline is '{deadline}': a duration is expected, as 2h or 30m.");
        }

        var minutes = target.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        var advice = await client.GetAsync<ScalingView>($"/api/v1/scaling?minutes={minutes}", cancellation);
        var load = advice.Load;
        var table = new RowTable("workers", "hours", "done by", "cost", "");
        foreach (var count in Counts(advice))
        {
            var estimate = WorkerNeed.With(load, count, costPerHour);
            table.Add(
                count,
                estimate is { } e ? Math.Round(e.Time.TotalHours, 3) : null,
                estimate is { } f ? Text(terminal.Time.GetUtcNow() + f.Time) : null,
                estimate?.Cost is { } cost ? Math.Round(cost, 2) : null,
                count == advice.Workers ? $"in time for {Durations.Format(target)}"
                    : count == load.Workers ? "now connected"
                    : ""
            );
        }

        table.Write(terminal.Out, format);
        await terminal.Error.WriteLineAsync(
            load is { PendingDraws: 0, PendingTrainings: 0 } ? "Nothing is pending."
            : load.DrawsPerWorkerSecond <= 0
                ? "No speed has been measured yet: one worker at work for some seconds gives it."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{load.PendingDraws:N0} draws and {load.PendingTrainings} trainings are pending at most; a worker makes {load.DrawsPerWorkerSecond:N0} draws/s."
            )
        );
        return ExitCodes.Done;
    }

    private static IEnumerable<int> Counts(ScalingView advice) =>
        advice.Workers == 0
            ? []
            : new[] { 1, advice.Load.Workers, advice.Workers, 2 * advice.Workers, Math.Max(1, advice.Workers / 2) }
                .Where(count => count > 0)
                .Distinct()
                .Order();

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
