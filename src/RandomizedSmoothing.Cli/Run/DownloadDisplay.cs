using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>Shows downloads on standard error: a bar that is redrawn on a terminal, else a line per quarter.</summary>
internal sealed class DownloadDisplay(Terminal terminal) : IProgress<DownloadProgress>
{
    private readonly RedrawnLine _line = new(terminal);
    private string _file = "";
    private int _quarter = -1;

    public void Report(DownloadProgress value)
    {
        var fraction = value.Total is > 0 and var total ? Math.Clamp((double)value.Received / total, 0, 1) : 0;
        if (value.File != _file)
        {
            (_file, _quarter) = (value.File, -1);
        }

        var size =
            $"{ProgressText.Count(value.Received)}B"
            + (value.Total is { } all ? $" of {ProgressText.Count(all)}B" : "");
        if (terminal.IsInteractive)
        {
            _line.Draw($"downloading {value.File}", [size], fraction);
            if (fraction >= 1)
            {
                _line.End();
            }

            return;
        }

        var quarter = (int)(fraction * 4);
        if (quarter > _quarter)
        {
            _quarter = quarter;
            terminal.Error.WriteLine($"downloading {value.File}: {size}");
        }
    }
}
