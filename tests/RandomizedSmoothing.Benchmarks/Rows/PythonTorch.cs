using System.Diagnostics;
using System.Globalization;
using RandomizedSmoothing.Benchmarks.Measuring;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>A Python that has PyTorch.</summary>
internal sealed class PythonTorch
{
    private readonly string _interpreter;

    private PythonTorch(string interpreter, string version) => (_interpreter, Version) = (interpreter, version);

    /// <summary>Version of its PyTorch.</summary>
    public string Version { get; }

    /// <summary>The first of the usual interpreters that imports torch, or null.</summary>
    public static PythonTorch? Find()
    {
        foreach (var interpreter in new[] { "python3", "/usr/bin/python3", "python" })
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(interpreter, ["-c", "import torch; print(torch.__version__)"])
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    }
                )!;
                var version = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return new PythonTorch(interpreter, version);
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not installed.
            }
        }

        return null;
    }

    /// <summary>Starts the usual loop in it.</summary>
    public ContenderProcess Start(string model, string device, int batch, int? core)
    {
        var size = batch.ToString(CultureInfo.InvariantCulture);
        return Start("plain_loop.py", [model, device, size], core);
    }

    /// <summary>Starts the forward pass of a TorchScript file that it has frozen and optimised.</summary>
    public ContenderProcess StartFrozen(string path, int rows, int? core) =>
        Start("frozen_script.py", [path, rows.ToString(CultureInfo.InvariantCulture)], core);

    private ContenderProcess Start(string program, string[] words, int? core)
    {
        using var stream = typeof(PythonTorch).Assembly.GetManifestResourceStream(program)!;
        var script = new StreamReader(stream).ReadToEnd();
        return ContenderProcess.Start($"PyTorch {Version}", [_interpreter, "-c", script, .. words], core);
    }
}
