using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;
using Grid = Spectre.Console.Grid;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>
/// Shows a sweep's progress on standard error until it is final: a live screen on a terminal, otherwise one line every few
/// seconds.
/// </summary>
public sealed class ProgressDisplay(Terminal terminal)
{
    private const int MostCells = 16;
    private static readonly TimeSpan ScreenInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Follows a sweep to its end.</summary>
    /// <param name="poll">Asks for the progress of the moment.</param>
    /// <param name="cancellation">Ends the display early.</param>
    /// <returns>The final progress.</returns>
    public Task<SweepProgress> FollowAsync(
        Func<CancellationToken, Task<SweepProgress>> poll,
        CancellationToken cancellation
    ) => terminal.IsInteractive ? FollowOnScreenAsync(poll, cancellation) : FollowInLinesAsync(poll, cancellation);

    /// <summary>The live screen of one moment.</summary>
    public static IRenderable Render(SweepProgress progress)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap())
            .AddColumn(new GridColumn().NoWrap())
            .AddColumn(new GridColumn().NoWrap());
        foreach (var training in progress.Trainings.Where(t => !t.Done))
        {
            grid.AddRow(
                Markup.Escape($"train {training.Model} σ={training.Sigma.ToString(CultureInfo.InvariantCulture)}"),
                Bar(training.Fraction),
                training.Worker is null ? "[grey]waiting[/]" : Markup.Escape(training.Worker)
            );
        }

        var open = progress.Cells.Where(c => c.ImagesDone < c.Images).ToList();
        var shown = (
            open.Count == 0
                ? progress.Cells
                : [.. progress.Cells.Where(c => c.ImagesDone >= c.Images).TakeLast(3), .. open]
        )
            .Take(MostCells)
            .ToList();
        foreach (var cell in shown)
        {
            var gaps = cell.Quarantined > 0 ? $" [red]{cell.Quarantined} quarantined[/]" : "";
            grid.AddRow(
                Markup.Escape(cell.Cell.Value),
                Bar(cell.Images == 0 ? 1 : (double)cell.ImagesDone / cell.Images),
                $"{cell.ImagesDone}/{cell.Images} images{gaps}"
            );
        }

        if (progress.Cells.Count > shown.Count)
        {
            grid.AddRow($"[grey]… and {progress.Cells.Count - shown.Count} more cells[/]", "", "");
        }

        return new Rows(
            new Markup($"[bold]{Markup.Escape(progress.Name)}[/]  {Markup.Escape(ProgressText.Line(progress))}"),
            grid
        );
    }

    private static string Bar(double fraction)
    {
        const int width = 24;
        var filled = (int)Math.Round(Math.Clamp(fraction, 0, 1) * width);
        return $"[green]{new string('━', filled)}[/][grey]{new string('─', width - filled)}[/]";
    }

    private async Task<SweepProgress> FollowOnScreenAsync(
        Func<CancellationToken, Task<SweepProgress>> poll,
        CancellationToken cancellation
    )
    {
        var console = terminal.CreateErrorConsole();
        var progress = await poll(cancellation);
        await console
            .Live(Render(progress))
            .AutoClear(false)
            .StartAsync(async screen =>
            {
                while (!progress.IsFinal)
                {
                    await Task.Delay(ScreenInterval, terminal.Time, cancellation);
                    progress = await poll(cancellation);
                    screen.UpdateTarget(Render(progress));
                }
            });
        return progress;
    }

    private async Task<SweepProgress> FollowInLinesAsync(
        Func<CancellationToken, Task<SweepProgress>> poll,
        CancellationToken cancellation
    )
    {
        var lastLine = long.MinValue;
        while (true)
        {
            var progress = await poll(cancellation);
            if (progress.IsFinal || lastLine == long.MinValue || terminal.Time.GetElapsedTime(lastLine) >= LineInterval)
            {
                await terminal.Error.WriteLineAsync(ProgressText.Line(progress));
                lastLine = terminal.Time.GetTimestamp();
            }

            if (progress.IsFinal)
            {
                return progress;
            }

            await Task.Delay(ScreenInterval, terminal.Time, cancellation);
        }
    }
}
