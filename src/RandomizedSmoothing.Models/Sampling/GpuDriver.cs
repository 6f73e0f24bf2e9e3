using System.ComponentModel;
using System.Diagnostics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// Names and memory of the GPUs of this machine as the driver's <c>nvidia-smi</c> tells them: libtorch knows only what it uses
/// itself. Read in the background, at most every 15 seconds; what cannot be read is unknown.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="program">The driver's program.</param>
/// <param name="visible">
/// The GPUs that this process sees, in its order, as in <c>CUDA_VISIBLE_DEVICES</c>; null for all of them in the driver's.
/// </param>
public sealed class GpuDriver(TimeProvider time, string program = "nvidia-smi", string? visible = null)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private volatile IReadOnlyList<DriverLine> _known = [];
    private readonly Lock _lock = new();
    private long _askedAt;
    private Task _asking = Task.CompletedTask;

    /// <summary>What a GPU is sold as, or null; waits for the driver.</summary>
    /// <param name="index">This process's number of the GPU.</param>
    public string? NameOf(int index)
    {
        Of(index);
        Settled.GetAwaiter().GetResult();
        return DriverLine.Find(_known, index, visible)?.Name;
    }

    /// <summary>What is known of a GPU's memory at the call, or null; asks for news where that is old.</summary>
    /// <param name="index">This process's number of the GPU, as in <c>cuda:0</c>.</param>
    public DeviceMemory? Of(int index)
    {
        var known = _known;
        lock (_lock)
        {
            if ((_askedAt == 0 || time.GetElapsedTime(_askedAt) > Freshness) && _asking.IsCompleted)
            {
                _askedAt = time.GetTimestamp();
                _asking = AskAsync();
            }
        }

        return DriverLine.Find(known, index, visible)?.Memory;
    }

    /// <summary>Ends when what was asked for has come.</summary>
    internal Task Settled => _asking;

    private async Task AskAsync()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program)
                {
                    ArgumentList = { $"--query-gpu={DriverLine.Query}", "--format=csv,noheader,nounits" },
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            _known = await ReadAsync(process);
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            // There is no such program.
            _known = [];
        }
    }

    private async Task<IReadOnlyList<DriverLine>> ReadAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? DriverLine.Parse(text) : [];
        }
        catch (OperationCanceledException)
        {
            // It hangs where the driver does.
            process.Kill(entireProcessTree: true);
            return [];
        }
    }
}
