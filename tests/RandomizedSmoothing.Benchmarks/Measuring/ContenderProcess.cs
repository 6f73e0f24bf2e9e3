using System.Diagnostics;
using System.Globalization;

namespace RandomizedSmoothing.Benchmarks.Measuring;

/// <summary>Work done in one turn.</summary>
/// <param name="Units">Units of work.</param>
/// <param name="Seconds">Seconds by the contender's clock.</param>
/// <param name="WallSeconds">Wall-clock seconds.</param>
internal readonly record struct Turn(long Units, double Seconds, double WallSeconds)
{
    /// <summary>Units per second.</summary>
    public double Rate => Units / Seconds;
}

/// <summary>
/// A contender in a process of its own, so that neither side lives with the other's settings, caches or heap. It waits between
/// its turns.
/// </summary>
internal sealed class ContenderProcess : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(3);
    private readonly Process _process;

    private ContenderProcess(string name, Process process) => (Name, _process) = (name, process);

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Starts this program again as the contender of that name.</summary>
    /// <param name="arguments">The contender and its options.</param>
    /// <param name="core">The core that it may use; null for any.</param>
    public static ContenderProcess Start(IReadOnlyList<string> arguments, int? core) =>
        Start(
            string.Join(' ', arguments),
            [Environment.ProcessPath!, .. OwnAssembly(), "contender", .. arguments],
            core
        );

    /// <summary>Starts any program that keeps to the protocol.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    public static ContenderProcess Start(string name, IReadOnlyList<string> command, int? core)
    {
        var contender = new ContenderProcess(name, Launch(command, core));
        if (contender.ReadLine() != "ready")
        {
            contender.Dispose();
            throw new InvalidOperationException($"The contender '{name}' did not become ready.");
        }

        return contender;
    }

    /// <summary>Starts this program again for one answer, its last line.</summary>
    /// <param name="arguments">The hidden command and its words.</param>
    /// <param name="core">The core that it may use; null for any.</param>
    /// <param name="patience">After which it is ended.</param>
    /// <returns>Null where it gave none.</returns>
    public static async Task<string?> AnswerAsync(IReadOnlyList<string> arguments, int? core, TimeSpan patience)
    {
        using var process = Launch([Environment.ProcessPath!, .. OwnAssembly(), .. arguments], core);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? text.TrimEnd().Split('\n')[^1] : null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
    }

    /// <summary>Lets it work.</summary>
    public Turn Work(double seconds)
    {
        Begin(seconds);
        return End();
    }

    /// <summary>Lets it work without waiting for it.</summary>
    public void Begin(double seconds)
    {
        _process.StandardInput.WriteLine(seconds.ToString("R", CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the end of its turn.</summary>
    public Turn End()
    {
        var parts = ReadLine().Split(' ');
        return new Turn(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            double.Parse(parts[1], CultureInfo.InvariantCulture),
            double.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [typeof(ContenderProcess).Assembly.Location]
            : [];

    private static Process Launch(IReadOnlyList<string> command, int? core)
    {
        string[] pin =
            core is { } number && File.Exists("/usr/bin/taskset")
                ? ["/usr/bin/taskset", "-c", number.ToString(CultureInfo.InvariantCulture)]
                : [];
        string[] all = [.. pin, .. command];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["MKL_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    // A turn takes seconds; whoever is silent for minutes hangs.
    private string ReadLine() =>
        _process.StandardOutput.ReadLineAsync().WaitAsync(Silence).GetAwaiter().GetResult()
        ?? throw new InvalidOperationException($"The contender '{Name}' ended; its messages are above.");
}
