using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Cli.Train;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Cli.Tests.Train;

/// <summary>Lines that are drawn again on terminals of any width: none may break, or the next is drawn below it.</summary>
public sealed class NarrowScreenTests
{
    private readonly StringWriter _screen = new() { NewLine = "\n" };
    private readonly Clock _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(120)]
    public void A_training_is_shown_in_one_line(int columns)
    {
        var display = new TrainDisplay(Screen(columns), 60_000);
        foreach (var part in new[] { 0.05, 0.1, 0.15 })
        {
            display.Report(new TrainingProgress(default, 1, 5, part, 0.1234, 0.956));
            _time.Ticks += TimeSpan.TicksPerSecond;
        }

        Longest().ShouldBeLessThan(Math.Max(2, columns));
        _screen.ToString().Contains("loss 0.1234  accuracy 0.956", StringComparison.Ordinal).ShouldBe(columns >= 40);
        _screen.ToString().Contains("ETA", StringComparison.Ordinal).ShouldBe(columns >= 120);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(120)]
    public void A_download_is_shown_in_one_line(int columns)
    {
        var display = new DownloadDisplay(Screen(columns));

        display.Report(new DownloadProgress("train-images-idx3-ubyte.gz", 1_000_000, 9_912_422));
        display.Report(new DownloadProgress("train-images-idx3-ubyte.gz", 9_912_422, 9_912_422));

        Longest().ShouldBeLessThan(Math.Max(2, columns));
        _screen.ToString().ShouldEndWith("\n");
    }

    private int Longest() => _screen.ToString().Split('\r', '\n').Max(line => line.Length);

    private Terminal Screen(int columns) =>
        new()
        {
            Out = TextWriter.Null,
            Error = _screen,
            IsInteractive = true,
            Columns = () => columns,
            Time = _time,
        };

    private sealed class Clock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
