using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cli.Train;

/// <summary>
/// Shows a training run on standard error: a line an epoch, and on a terminal a last line that is redrawn; in a file, a line
/// every ten seconds of a long epoch.
/// </summary>
/// <param name="terminal">Where to.</param>
/// <param name="images">Images per epoch.</param>
internal sealed class TrainDisplay(Terminal terminal, int images) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private TrainingProgress? _first;
    private long _start;
    private long _lastLine = terminal.Time.GetTimestamp();
    private readonly RedrawnLine _line = new(terminal);

    public void Report(TrainingProgress value)
    {
        if (_first is null)
        {
            // Reports follow work: speed is measured from the first one on.
            (_first, _start) = (value, terminal.Time.GetTimestamp());
            if (value.Epoch > 1)
            {
                Line(FormattableString.Invariant($"going on after epoch {value.Epoch - 1} of {value.Epochs}"));
            }
        }

        var whole = Math.Abs(value.Fraction * value.Epochs - value.Epoch) < 1e-9;
        if (whole || (!terminal.IsInteractive && terminal.Time.GetElapsedTime(_lastLine) >= LineInterval))
        {
            Line(string.Join("  ", Figures(value).Prepend(Name(value))));
        }
        else if (terminal.IsInteractive)
        {
            _line.Draw(Name(value), Figures(value), value.Fraction * value.Epochs - value.Epoch + 1);
        }
    }

    /// <summary>Says so when there was nothing to train.</summary>
    public void End()
    {
        if (_first is null)
        {
            terminal.Error.WriteLine("the cache holds this model already: nothing was trained");
        }
    }

    private void Line(string text)
    {
        _line.Replace(text);
        _lastLine = terminal.Time.GetTimestamp();
    }

    private static string Name(TrainingProgress value) =>
        FormattableString.Invariant($"epoch {value.Epoch}/{value.Epochs}");

    private IEnumerable<string> Figures(TrainingProgress value)
    {
        yield return FormattableString.Invariant($"loss {value.Loss:0.0000}");
        yield return FormattableString.Invariant($"accuracy {value.Accuracy:0.000}");
        var epochs = (value.Fraction - _first!.Fraction) * value.Epochs;
        var elapsed = terminal.Time.GetElapsedTime(_start);
        if (epochs <= 0 || elapsed <= TimeSpan.Zero)
        {
            yield break;
        }

        var speed = epochs * images / elapsed.TotalSeconds;
        var remaining = TimeSpan.FromSeconds((1 - value.Fraction) * value.Epochs * images / speed);
        yield return $"{ProgressText.Count(speed)} images/s";
        yield return $"ETA {ProgressText.Duration(remaining)}";
    }
}
