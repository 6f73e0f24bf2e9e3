using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Sampling;

namespace RandomizedSmoothing.Models.Tests.Sampling;

/// <summary>What is made of the output of <c>nvidia-smi</c>, as drivers print it.</summary>
public sealed class GpuDriverTests : IDisposable
{
    private const string Eight = """
        0, GPU-6ac2c5e0-3b1f-5c0f-9a44-3ad0a3a1d0f1, 1234, 81559, NVIDIA H200
        1, GPU-b7a1e2d4-52cc-8f2b-6e0e-5f2a1a77c3d2, 0, 81559, NVIDIA A100-SXM4-80GB
        """;

    /// <summary>A100 in MIG mode, asked in a container that sees a part; GB10 and Jetson share the memory of the host.</summary>
    private const string Unknown = """
        0, GPU-6ac2c5e0-3b1f-5c0f-9a44-3ad0a3a1d0f1, [Insufficient Permissions], [Insufficient Permissions], NVIDIA A100-SXM4-80GB
        1, GPU-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, [N/A], [N/A], NVIDIA GB10
        2, GPU-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee, [Not Supported], 16384, Tesla T4
        3, GPU-12345678-1234-1234-1234-123456789abc, 10, 20, Tesla T4
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rsmooth-smi-");
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromTicks(1) };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Memory_is_in_bytes_or_unknown_and_lines_of_no_GPU_are_left_out()
    {
        DriverLine.Parse(Eight).Select(l => l.Memory).ShouldBe([Mebibytes(1234, 81559), Mebibytes(0, 81559)]);
        DriverLine.Parse(Eight.Replace("\n", "\r\n")).Count.ShouldBe(2);
        DriverLine.Parse(Unknown).Select(l => l.Memory).ShouldBe([null, null, null, Mebibytes(10, 20)]);
        DriverLine.Parse(Unknown)[1].Name.ShouldBe("NVIDIA GB10");
        DriverLine.Parse("").ShouldBeEmpty();
        DriverLine.Parse("No devices were found").ShouldBeEmpty();
        DriverLine
            .Parse("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure, that …")
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 1, 1)]
    [InlineData(null, 7, null)]
    [InlineData("1", 0, 1)]
    [InlineData("1,0", 1, 0)]
    [InlineData("GPU-b7a1", 0, 1)]
    [InlineData("1", 1, null)]
    [InlineData("MIG-4c5d6e7f-0000-1111-2222-333344445555", 0, null)]
    [InlineData("MIG-GPU-6ac2c5e0-3b1f-5c0f-9a44-3ad0a3a1d0f1/1/0", 0, null)]
    [InlineData("", 0, null)]
    public void The_process_s_number_is_not_the_driver_s(string? visible, int index, int? driver) =>
        (DriverLine.Find(DriverLine.Parse(Eight), index, visible)?.Index).ShouldBe(driver);

    [SkippableFact]
    public async Task A_driver_that_fails_takes_back_what_was_known()
    {
        Skip.If(OperatingSystem.IsWindows(), "the program of this test is a shell script");
        var program = Script($"cat <<'END'\n{Eight}\nEND");
        var memory = new GpuDriver(_time, program);
        memory.Of(0).ShouldBeNull("it is read in the background");
        await memory.Settled;
        memory.Of(0).ShouldBe(Mebibytes(1234, 81559));
        memory.NameOf(1).ShouldBe("NVIDIA A100-SXM4-80GB");

        Script("echo 'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error' >&2; exit 255");
        memory.Of(0).ShouldNotBeNull("it was read seconds ago");
        _time.Advance(TimeSpan.FromSeconds(20));
        memory.Of(0);
        await memory.Settled;
        memory.Of(0).ShouldBeNull();
    }

    [Fact]
    public async Task Without_the_program_nothing_is_known()
    {
        var memory = new GpuDriver(_time, Path.Combine(_folder.FullName, "nvidia-smi"));

        memory.NameOf(0).ShouldBeNull();
        memory.Of(0).ShouldBeNull();
        await memory.Settled;
        memory.Of(0).ShouldBeNull();
    }

    private static DeviceMemory Mebibytes(long used, long total) => new(used << 20, total << 20);

    private string Script(string body)
    {
        var path = Path.Combine(_folder.FullName, "nvidia-smi");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
