using System.Globalization;
using System.Text;
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
    private const int MostWarnings = 3;
    private const int MostBar = 24;
    private const int LeastBar = 6;
    private const int Gap = 2;
    private const int Narrow = 60;
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
    /// <param name="progress">What it shows.</param>
    /// <param name="width">Columns of the screen: bars are shortened and names cropped, so that no row is broken.</param>
    public static IRenderable Render(SweepProgress progress, int width)
    {
        var trainings = progress
            .Trainings.Where(t => !t.Done)
            .Select(t => new Row(
                $"train {t.Model} σ={t.Sigma.ToString(CultureInfo.InvariantCulture)}",
                t.Fraction,
                Crop(t.Worker ?? "waiting", Math.Max(1, width / 3)),
                t.Worker is null ? "grey" : ""
            ));
        var open = progress.Cells.Where(c => c.ImagesDone < c.Images).ToList();
        var shown = (
            open.Count == 0
                ? progress.Cells
                : [.. progress.Cells.Where(c => c.ImagesDone >= c.Images).TakeLast(3), .. open]
        )
            .Take(MostCells)
            .ToList();
        var unit = width < Narrow ? "" : " images";
        var cells = shown.Select(c => new Row(
            c.Cell.Value,
            c.Images == 0 ? 1 : (double)c.ImagesDone / c.Images,
            $"{c.ImagesDone}/{c.Images}{unit}" + (c.Quarantined > 0 ? $", {c.Quarantined} quarantined" : ""),
            c.Quarantined > 0 ? "red" : ""
        ));
        var more = progress.Cells.Count - shown.Count;
        return new Rows([
            Head(progress, width),
            Table([.. trainings, .. cells], width),
            .. more > 0 ? [new Markup($"[grey]… and {more} more cells[/]")] : Array.Empty<IRenderable>(),
            .. progress
                .Warnings.TakeLast(MostWarnings)
                .Select(warning => new Markup($"[yellow]warning: {Markup.Escape(warning)}[/]")),
        ]);
    }

    // Broken between figures, never within one.
    private static Markup Head(SweepProgress progress, int width)
    {
        var text = new StringBuilder($"[bold]{Markup.Escape(progress.Name)}[/]");
        var column = progress.Name.Length;
        foreach (var figure in ProgressText.Line(progress).Split("  "))
        {
            var fits = column + Gap + figure.Length <= width;
            text.Append(fits ? "  " : "\n").Append(Markup.Escape(figure));
            column = figure.Length + (fits ? column + Gap : 0);
        }

        return new Markup(text.ToString());
    }

    // The state is shown whole, the bar takes what names leave, and names what the shortest bar leaves.
    private static Grid Table(IReadOnlyList<Row> rows, int width)
    {
        var names = rows.Select(r => r.Name.Length).DefaultIfEmpty().Max();
        var states = rows.Select(r => r.State.Length).DefaultIfEmpty().Max();
        var left = width - states - 2 * Gap;
        var bar = Math.Clamp(left - names, LeastBar, MostBar);
        names = Math.Clamp(left - bar, 1, Math.Max(1, names));
        var grid = new Grid();
        foreach (var column in new[] { names, bar, states })
        {
            grid.AddColumn(new GridColumn().NoWrap().Width(column));
        }

        foreach (var row in rows)
        {
            var state = Markup.Escape(row.State);
            grid.AddRow(
                Markup.Escape(Crop(row.Name, names)),
                Bar(row.Fraction, bar),
                row.Style.Length > 0 ? $"[{row.Style}]{state}[/]" : state
            );
        }

        return grid;
    }

    /// <summary>Leaves out the middle: ids begin with the data set and end with the sigma.</summary>
    private static string Crop(string text, int width)
    {
        var head = (width - 1) / 2;
        return text.Length <= width ? text : $"{text[..head]}…{text[(text.Length - width + head + 1)..]}";
    }

    private static string Bar(double fraction, int width)
    {
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
            .Live(Render(progress, console.Profile.Width))
            .AutoClear(false)
            .StartAsync(async screen =>
            {
                while (!progress.IsFinal)
                {
                    await Task.Delay(ScreenInterval, terminal.Time, cancellation);
                    progress = await poll(cancellation);
                    screen.UpdateTarget(Render(progress, console.Profile.Width));
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
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var progress = await poll(cancellation);
            // Why a sweep stands still must not wait for its end, where they are all told again.
            foreach (var warning in progress.IsFinal ? [] : progress.Warnings.Where(told.Add))
            {
                await terminal.Error.WriteLineAsync($"warning: {warning}");
            }

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

    /// <summary>One bar.</summary>
    /// <param name="Name">What is done.</param>
    /// <param name="Fraction">How much of it is.</param>
    /// <param name="State">The same in words.</param>
    /// <param name="Style">How the words are drawn; empty for plainly.</param>
    private sealed record Row(string Name, double Fraction, string State, string Style);
}
