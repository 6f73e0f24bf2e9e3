using System.Diagnostics;
using System.Text;

namespace RandomizedSmoothing.Cli.Tests;

/// <summary>A real <c>rsmooth</c> process, so that it can be killed for real.</summary>
internal sealed class RsmoothProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Seen)> _waits = [];

    private RsmoothProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    /// <summary>Starts a command; the waits for lines given here are armed before the first line can come.</summary>
    public static RsmoothProcess Start(string folder, params string[] arguments) => StartIn(folder, [], arguments);

    /// <summary>As <see cref="Start"/>, with environment variables.</summary>
    public static RsmoothProcess StartIn(
        string folder,
        Dictionary<string, string> environment,
        params string[] arguments
    ) => StartIn(folder, environment, [], arguments);

    /// <summary>As <see cref="Start"/>, by a program that turns into the one that it is given.</summary>
    public static RsmoothProcess StartIn(
        string folder,
        Dictionary<string, string> environment,
        string[] launcher,
        string[] arguments
    ) => StartCommand(folder, environment, [.. launcher, "dotnet", ExecutablePath, .. arguments]);

    /// <summary>Starts any command line.</summary>
    public static RsmoothProcess StartCommand(string folder, Dictionary<string, string> environment, string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("RSMOOTH_DEBUG");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new RsmoothProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        started._process.Start();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>The first line, past or future, of either stream that is wanted.</summary>
    public Task<string> LineAsync(Func<string, bool> wanted)
    {
        lock (_waits)
        {
            var past = (_output.ToString() + _error)
                .Split('\n')
                .FirstOrDefault(line => line.Length > 0 && wanted(line));
            if (past is not null)
            {
                return Task.FromResult(past);
            }

            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((wanted, seen));
            return seen.Task.WaitAsync(Patience);
        }
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by name, as <c>INT</c> or <c>TERM</c>.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>The program as it was built.</summary>
    public static string ExecutablePath
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(
                RepositoryRoot.Path,
                "src",
                "RandomizedSmoothing.Cli",
                "bin",
                configuration,
                "net10.0",
                "rsmooth.dll"
            );
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_waits)
        {
            return text.ToString();
        }
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_waits)
        {
            text.Append(line).Append('\n');
            foreach (var wait in _waits.Where(wait => wait.Wanted(line)).ToList())
            {
                wait.Seen.TrySetResult(line);
                _waits.Remove(wait);
            }
        }
    }
}
