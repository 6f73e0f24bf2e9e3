namespace RandomizedSmoothing.Cli.Tests.Operations;

/// <summary>A build without libtorch, as <c>-p:TorchBackend=none</c> leaves it, with that of an installed PyTorch, or none, or another.</summary>
public sealed class InstalledLibtorchTests : IDisposable
{
    private const string Variable = "RSMOOTH_LIBTORCH";
    private readonly ScratchFolder _folder = new();

    public InstalledLibtorchTests() => Directory.CreateDirectory(Installed);

    public void Dispose() => _folder.Dispose();

    private static string Built => Path.GetDirectoryName(RsmoothProcess.ExecutablePath)!;

    private string Installed => _folder.File("torch/lib");

    [SkippableFact]
    public async Task The_libraries_that_the_variable_names_are_used_and_told()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "An installed libtorch is for Linux.");
        foreach (var library in Directory.GetFiles(Built).Where(IsOfLibtorch))
        {
            File.CreateSymbolicLink(Path.Combine(Installed, Path.GetFileName(library)), library);
        }

        _folder.Write("torch/version.py", "debug = False\n__version__ = '2.10.0+here'\n");

        var (output, _) = await DoctorAsync(WithoutLibtorch(), Installed);

        output.ShouldContain($"libtorch  ok     2.10.0+here in {Installed} by TorchSharp");
        output.ShouldContain("devices   ok     cpu:0");
    }

    [SkippableFact]
    public async Task Without_any_the_message_says_how_to_find_one()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "An installed libtorch is for Linux.");
        var program = WithoutLibtorch();

        (await DoctorAsync(program, "")).Output.ShouldContain($"brings no libtorch, and none is named: set {Variable}");
        (await DoctorAsync(program, Installed)).Output.ShouldContain("there is no libc10.so in it");
    }

    [SkippableFact]
    public async Task One_that_does_not_fit_is_refused_before_it_can_end_the_process()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "An installed libtorch is for Linux.");
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
        {
            File.Copy(Path.Combine(Built, "libe_sqlite3.so"), Path.Combine(Installed, name));
        }

        _folder.Write("torch/version.py", "__version__ = '1.13.0'\n");

        var (output, _) = await DoctorAsync(WithoutLibtorch(), Installed);

        output.ShouldContain("is made for PyTorch 2.10.0 and cannot use this one, 1.13.0 (libtorch.so");
    }

    [SkippableFact]
    public async Task A_build_that_brings_its_own_takes_no_other()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "An installed libtorch is for Linux.");
        var (output, exitCode) = await DoctorAsync(RsmoothProcess.ExecutablePath, Installed);

        output.ShouldContain("this build brings a libtorch of its own; a process cannot have two");
        exitCode.ShouldBe(ExitCodes.Error);
    }

    private async Task<(string Output, int ExitCode)> DoctorAsync(string program, string libtorch)
    {
        await using var process = RsmoothProcess.StartCommand(
            _folder.Path,
            new() { [Variable] = libtorch, ["RSMOOTH_CACHE"] = _folder.File("cache") },
            ["dotnet", program, "doctor"]
        );
        var exitCode = await process.ExitAsync();
        return (process.Output, exitCode);
    }

    // Without the list of its files, which would ask for libtorch's.
    private string WithoutLibtorch()
    {
        var folder = Directory.CreateDirectory(_folder.File("program")).FullName;
        foreach (var file in Directory.GetFiles(Built))
        {
            var name = Path.GetFileName(file);
            if (!IsOfLibtorch(file) && !name.EndsWith(".deps.json", StringComparison.Ordinal))
            {
                File.Copy(file, Path.Combine(folder, name));
            }
        }

        return Path.Combine(folder, Path.GetFileName(RsmoothProcess.ExecutablePath));
    }

    private static bool IsOfLibtorch(string file) =>
        Array.Exists(
            ["libtorch", "libc10", "libgomp"],
            start => Path.GetFileName(file).StartsWith(start, StringComparison.Ordinal)
        );
}
