using RandomizedSmoothing.Cli.LoadTest;
using RandomizedSmoothing.Cli.Output;

namespace RandomizedSmoothing.Cli.Tests.LoadTest;

public sealed class LoadReportTests
{
    [Theory]
    [InlineData(999.9, "0.0%")]
    [InlineData(1000.1, "0.0%")]
    [InlineData(950, "-5.0%")]
    [InlineData(1010, "+1.0%")]
    public void A_change_that_rounds_to_nothing_has_no_sign(double with, string shown)
    {
        var report = new LoadReport
        {
            Latencies = [1],
            Seconds = 1,
            Streams = 0,
            Events = 0,
            Errors = [],
            Pairs = [(new SweepPace(1000, null), new SweepPace(with, null))],
            Readers = TimeSpan.Zero,
            Control = null,
        };
        var text = new StringWriter();
        report.Table().Write(text, OutputFormat.Table);
        text.ToString()
            .Split('\n')
            .Single(line => line.StartsWith("change of speed  ", StringComparison.Ordinal))
            .ShouldEndWith($" {shown}");
    }
}
