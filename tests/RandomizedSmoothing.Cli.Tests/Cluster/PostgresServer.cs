using System.Diagnostics;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>
/// A PostgreSQL of the tests' own on a free loopback port, from Debian's binaries. The server refuses to run as root, so a root
/// test process runs it as the user <c>postgres</c>.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _binaries;
    private readonly string _folder;

    private PostgresServer(string binaries, string folder, int port)
    {
        _binaries = binaries;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What a node takes as <c>--ledger</c>.</summary>
    public string Ledger => $"postgres:{ConnectionString}";

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres";

    /// <summary>Why no server can be started here, or null.</summary>
    public static string? Unavailable =>
        Binaries() is null ? "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        : Environment.IsPrivilegedProcess && !File.Exists("/usr/sbin/runuser") && !File.Exists("/sbin/runuser")
            ? "PostgreSQL cannot run as root and runuser is not installed"
        : null;

    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rsmooth-pg-").FullName;
        var server = new PostgresServer(Binaries()!, folder, LoopbackPorts.Take());
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres:", folder);
        }

        await server.AsOwnerAsync(
            "initdb",
            "-D",
            server.Data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "--no-locale",
            "-E",
            "UTF8"
        );
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the server on the data it had.</summary>
    public Task StartAgainAsync() =>
        AsOwnerAsync(
            "pg_ctl",
            "-D",
            Data,
            "-w",
            "-t",
            "100",
            "-l",
            Path.Combine(_folder, "log"),
            "-o",
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200 -c shared_buffers=32MB",
            "start"
        );

    /// <summary>Stops the server at once, cutting every connection, as a failing machine does.</summary>
    public Task StopAsync() => AsOwnerAsync("pg_ctl", "-D", Data, "-w", "-t", "100", "-m", "immediate", "stop");

    /// <summary>kill -STOP of the server and all its processes: connections stay open, nothing answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>kill -CONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    // The server first, so that it starts no process behind the list of them.
    private async Task SignalAsync(string signal)
    {
        var server = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        await AsOwnerAsync("kill", $"-{signal}", server);
        await AsOwnerAsync("pkill", $"-{signal}", "--parent", server);
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .Order()
                .LastOrDefault()
            : null;

    private Task AsOwnerAsync(string program, params string[] arguments)
    {
        var path = File.Exists(Path.Combine(_binaries, program)) ? Path.Combine(_binaries, program) : program;
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    /// <summary>Runs a program that must succeed. Its output goes to a file: a server keeps the pipe of its starter open.</summary>
    private static async Task RunAsync(string program, params string[] arguments)
    {
        var output = Path.GetTempFileName();
        try
        {
            var shell = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
            shell.ArgumentList.Add("-c");
            shell.ArgumentList.Add("out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null");
            foreach (var part in (string[])["sh", output, program, .. arguments])
            {
                shell.ArgumentList.Add(part);
            }

            using var process = Process.Start(shell)!;
            using var limit = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(
                0,
                $"{program} {string.Join(' ', arguments)}: {await File.ReadAllTextAsync(output)}"
            );
        }
        finally
        {
            File.Delete(output);
        }
    }
}
