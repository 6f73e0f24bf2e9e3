using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// Processors for the worker alone and processors for all else, as lists that <c>taskset</c> takes. So would one deploy a worker
/// whose node lends it whole processors; what the others still cost it are caches, and what processors of one core share.
/// </summary>
internal sealed class ProcessorShares
{
    private const string Tool = "taskset";
    private const string AllowedField = "Cpus_allowed_list:";
    private readonly string _all;

    private ProcessorShares(string all, IReadOnlyList<int> processors) =>
        (_all, Worker, Others) = (all, $"{processors[0]}", string.Join(',', processors.Skip(1)));

    /// <summary>The worker's.</summary>
    public string Worker { get; }

    /// <summary>Those of the control node and of the readers.</summary>
    public string Others { get; }

    /// <summary>Gives the worker the first processor that this process may use.</summary>
    /// <exception cref="UserErrorException">There is but one, or the system has no <c>taskset</c>.</exception>
    public static ProcessorShares Of()
    {
        var line = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").First(l => l.StartsWith(AllowedField, StringComparison.Ordinal))
            : throw new UserErrorException("--pin needs Linux; leave it out to let all share the processors.");
        var list = line[AllowedField.Length..].Trim();
        var processors = Parse(list);
        return processors.Count > 1
            ? new ProcessorShares(list, processors)
            : throw new UserErrorException(
                "--pin needs two processors, and this process may use one; leave it out to let all share it."
            );
    }

    /// <summary>The numbers in a list such as 0-2,5.</summary>
    public static IReadOnlyList<int> Parse(string list) =>
        [
            .. list.Split(',')
                .Select(part => part.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray())
                .SelectMany(ends => Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)),
        ];

    /// <summary>What to put before a command so that it runs on these processors.</summary>
    public static string[] Launcher(string processors) => [Tool, "--cpu-list", processors];

    /// <summary>Moves this process, with all its threads, to the others' processors.</summary>
    public void Enter() => Move(Others);

    /// <summary>Moves it back to all that it had.</summary>
    public void Leave() => Move(_all);

    private static void Move(string processors)
    {
        try
        {
            using var tool = Process.Start(
                new ProcessStartInfo(
                    Tool,
                    ["--all-tasks", "--cpu-list", "--pid", processors, $"{Environment.ProcessId}"]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            tool.WaitForExit();
        }
        catch (Win32Exception e)
        {
            throw new UserErrorException(
                $"--pin needs the program {Tool} of util-linux, which does not start here ({e.Message}); leave it out to let all share the processors.",
                e
            );
        }
    }
}
