using System.Diagnostics;

namespace RandomizedSmoothing.Models.Tests.Importing;

/// <summary>A Python that has PyTorch; tests without one are skipped.</summary>
internal static class PyTorch
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string?> Interpreter = new(Find, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>
    /// What <c>safetensors.torch.save_file</c> writes and refuses, for machines that have PyTorch without that package.
    /// </summary>
    private const string SaveFile = """
        import json, struct, torch
        def save_file(tensors, path):
            header, data, seen = {}, b"", set()
            for name, t in tensors.items():
                if not isinstance(t, torch.Tensor): raise ValueError(f"{name} is no tensor")
                if not t.is_contiguous(): raise ValueError(f"{name} is not contiguous")
                if t.data_ptr() in seen: raise RuntimeError(f"{name} shares its memory")
                seen.add(t.data_ptr())
                raw, kind = t.numpy().tobytes(), {torch.float32: "F32", torch.int64: "I64"}[t.dtype]
                header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
                data += raw
            text = json.dumps(header).encode()
            open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)
        """;

    /// <summary>Runs a program in a folder; what it prints.</summary>
    public static async Task<string> RunAsync(string folder, string program)
    {
        Skip.If(Interpreter.Value is null, "no python3 with PyTorch here: Debian has it as python3-torch");
        var start = Start(Interpreter.Value!, program, folder);
        var standIn = Directory.CreateDirectory(Path.Combine(folder, "stand-in", "safetensors")).FullName;
        await File.WriteAllTextAsync(Path.Combine(standIn, "__init__.py"), "");
        await File.WriteAllTextAsync(Path.Combine(standIn, "torch.py"), SaveFile);

        // The real package, where there is one, comes first in the path of the interpreter.
        start.Environment["PYTHONPATH"] = await HasSafetensorsAsync(folder)
            ? folder
            : Path.Combine(folder, "stand-in") + ":" + folder;
        return await RunAsync(start);
    }

    private static async Task<bool> HasSafetensorsAsync(string folder)
    {
        var start = Start(
            Interpreter.Value!,
            "import importlib.util as u; print(u.find_spec('safetensors') is not None)",
            folder
        );
        return (await RunAsync(start)).Trim() == "True";
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, error);
        return await output;
    }

    private static string? Find() =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(name =>
        {
            try
            {
                using var process = Process.Start(Start(name, "import torch", Path.GetTempPath()))!;
                process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        });

    private static ProcessStartInfo Start(string interpreter, string program, string folder)
    {
        var start = new ProcessStartInfo(interpreter)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", program },
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment.Remove("LD_LIBRARY_PATH");
        return start;
    }
}
