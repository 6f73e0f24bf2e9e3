using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RandomizedSmoothing.Benchmarks;
using RandomizedSmoothing.Benchmarks.Contenders;
using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Benchmarks.Rows;
using RandomizedSmoothing.Benchmarks.Small;
using RandomizedSmoothing.Models;

var device = new Option<string>("--device") { Description = "cpu or cuda:0", DefaultValueFactory = _ => "cpu" };
var quick = new Option<bool>("--quick") { Description = "short rounds: to see that it works, not to quote" };
var only = new Option<string[]>("--only")
{
    Description = $"some groups of rows: {string.Join(", ", RowCatalogue.All.Select(group => group.Name))}",
};
only.AcceptOnlyFromAmong([.. RowCatalogue.All.Select(group => group.Name)]);
var output = new Option<FileInfo>("--output")
{
    Description = "where the table goes; default RESULTS.md of this project when everything is measured in full",
};
var bench = new Command("bench", "Measures the end-to-end table, each row as a ratio within this run.")
{
    device,
    quick,
    only,
    output,
};
bench.SetAction(parsed =>
    Bench.Run(
        new BenchOptions(parsed.GetRequiredValue(device), parsed.GetValue(quick)),
        parsed.GetValue(only) ?? [],
        parsed.GetValue(output)?.FullName,
        args,
        TimeProvider.System
    )
);

var words = new Argument<string[]>("words");
var contender = new Command("contender", "One side of a comparison, driven by bench.") { words };
contender.Hidden = true;
contender.SetAction(parsed =>
{
    TorchRuntime.Find();
    var given = parsed.GetRequiredValue(words);
    return ContenderServer.Run(
        ContenderCatalogue.Create(given),
        ContenderCatalogue.NeedsWallClock(given),
        Console.In,
        Console.Out
    );
});

var anytime = new Command("anytime", "One level of noise of the anytime rows, driven by bench.") { words };
anytime.Hidden = true;
anytime.SetAction(parsed => AnytimeDuel.Run(parsed.GetRequiredValue(words), Console.Out));

var small = new Command("small", "Times the inner loops with BenchmarkDotNet.");
small.SetAction(_ =>
{
    var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);

    // One assembly beside the measured ones is a debug build: Shouldly's.
    var config = DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableOptimizationsValidator);
    BenchmarkRunner.Run<SmallParts>(config);
});

return new RootCommand("Benchmarks of RandomizedSmoothing.") { bench, small, contender, anytime }
    .Parse(args)
    .Invoke();
