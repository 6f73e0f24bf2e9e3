using System.Reflection;
using System.Runtime.InteropServices;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Node.Local;

/// <summary>Collects what a manifest says of the devices, libraries and files that made a sweep's votes.</summary>
public static class LocalEnvironment
{
    /// <summary>Version of this program, with its source revision where the build knew it.</summary>
    public static string ProductVersion { get; } =
        typeof(LocalEnvironment)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "unknown";

    /// <summary>The environment of a sweep as its ledger and this process know it.</summary>
    public static async Task<RunEnvironment> OfAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        string command,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var record = await ledger.FindSweepAsync(sweep.Id, cancellation);
        var stamps = await ledger.ReadDevicesAsync([.. sweep.Cells.Select(c => c.VoteKey).Distinct()], cancellation);
        return new RunEnvironment
        {
            ProductVersion = ProductVersion,
            StartedAt = record?.SubmittedAt ?? time.GetUtcNow(),
            FinishedAt = record?.UpdatedAt ?? time.GetUtcNow(),
            Runtime = RuntimeInformation.FrameworkDescription,
            OperatingSystem = RuntimeInformation.OSDescription,
            Machine = $"{System.Environment.ProcessorCount} processors, {RuntimeInformation.ProcessArchitecture}",
            Libraries = Libraries(stamps),
            Devices = [.. stamps.Select(s => new DeviceDescription(s.Name, s.Kind, s.Description)).Distinct()],
            Models = await ModelsAsync(ledger, sweep, cancellation),
            Command = command,
        };
    }

    private static Dictionary<string, string> Libraries(IReadOnlyList<DeviceStamp> stamps)
    {
        var libraries = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var library in stamps.SelectMany(s => s.Software.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (library.Split(' ', 2) is [var name, var version])
            {
                libraries.TryAdd(name, new SortedSet<string>(StringComparer.Ordinal));
                libraries[name].Add(version);
            }
        }

        return libraries.ToDictionary(pair => pair.Key, pair => string.Join(" and ", pair.Value));
    }

    private static async Task<IReadOnlyList<ModelArtifact>> ModelsAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        CancellationToken cancellation
    )
    {
        var models = new List<ModelArtifact>();
        foreach (var model in sweep.Models)
        {
            if (model.FileHash is { } file)
            {
                models.Add(new ModelArtifact(model.Key, file));
            }
            else if (await ledger.FindArtifactAsync(model.Key, cancellation) is { } trained)
            {
                models.Add(new ModelArtifact(model.Key, trained.FileHash, trained.Accuracy, trained.Seconds));
            }
        }

        return models;
    }
}
