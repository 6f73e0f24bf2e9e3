using System.Diagnostics;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>A node of this program in a process of its own; it ends with this object.</summary>
internal sealed class ChildNode : IAsyncDisposable
{
    private const string Started = "HTTP at ";
    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts <c>rsmooth node</c> with these arguments, by way of a launcher if one is given.</summary>
    public ChildNode(IEnumerable<string> arguments, IEnumerable<string> launcher)
    {
        var program = typeof(ChildNode).Assembly;
        var own =
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == program.GetName().Name;
        string[] command = own ? [.. launcher, Environment.ProcessPath!] : [.. launcher, "dotnet", program.Location];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], [.. command.Skip(1), "node", .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        // The settings of the user's own nodes are not this one's.
        foreach (var name in _process.StartInfo.Environment.Keys.Where(IsSetting).ToList())
        {
            _process.StartInfo.Environment.Remove(name);
        }

        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _started.TrySetException(new UserErrorException(End()) { ExitCode = 1 });
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
    }

    /// <summary>The addresses for other nodes, HOST:PORT, and for HTTP, once it says that it runs.</summary>
    /// <exception cref="UserErrorException">It ended instead.</exception>
    public async Task<(string Node, Uri Http)> AddressesAsync(CancellationToken cancellation)
    {
        var line = await _started.Task.WaitAsync(cancellation);
        var http = line[(line.IndexOf(Started, StringComparison.Ordinal) + Started.Length)..];
        var node = line[(line.IndexOf('@', StringComparison.Ordinal) + 1)..line.IndexOf(',', StringComparison.Ordinal)];
        return (node, new Uri(http));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static bool IsSetting(string variable) => NodeSettings.All.Any(s => s.Variable == variable);

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 20)
            {
                _lines.Dequeue();
            }
        }

        if (line.StartsWith("rsmooth node (", StringComparison.Ordinal))
        {
            _started.TrySetResult(line);
        }
    }

    private string End()
    {
        lock (_lines)
        {
            return $"A node of the test ended with exit code {_process.ExitCode}:\n{string.Join('\n', _lines)}";
        }
    }
}
