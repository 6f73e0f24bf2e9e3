using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>A GPU as a line of <c>nvidia-smi --query-gpu=… --format=csv,noheader,nounits</c> tells it.</summary>
/// <param name="Index">The driver's number.</param>
/// <param name="Id">The driver's id, <c>GPU-…</c>.</param>
/// <param name="Memory">Used and total; null where the driver does not say (<c>[N/A]</c>, <c>[Insufficient Permissions]</c>).</param>
/// <param name="Name">What it is sold as.</param>
internal sealed record DriverLine(int Index, string Id, DeviceMemory? Memory, string Name)
{
    /// <summary>What is asked for, in the order of the columns; memory in MiB.</summary>
    public const string Query = "index,uuid,memory.used,memory.total,name";

    /// <summary>Reads the lines of GPUs; others are left out.</summary>
    public static IReadOnlyList<DriverLine> Parse(string text)
    {
        var found = new List<DriverLine>();
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(',', 5, StringSplitOptions.TrimEntries);
            if (
                parts.Length == 5
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            )
            {
                found.Add(new DriverLine(index, parts[1], MemoryOf(parts[2], parts[3]), parts[4]));
            }
        }

        return found;
    }

    /// <summary>
    /// The line of a GPU, or null. A part of one (<c>MIG-…</c>) has none: the driver tells only what the whole GPU uses.
    /// </summary>
    /// <param name="lines">All that the driver shows.</param>
    /// <param name="index">The number within what is visible.</param>
    /// <param name="visible">As in <c>CUDA_VISIBLE_DEVICES</c>: numbers or beginnings of ids; null for all.</param>
    public static DriverLine? Find(IReadOnlyList<DriverLine> lines, int index, string? visible)
    {
        if (visible is null)
        {
            return lines.FirstOrDefault(line => line.Index == index);
        }

        var names = visible.Split(',', StringSplitOptions.TrimEntries);
        return index >= names.Length ? null
            : int.TryParse(names[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? lines.FirstOrDefault(line => line.Index == number)
            : names[index].StartsWith("GPU-", StringComparison.Ordinal)
                ? lines.FirstOrDefault(line => line.Id.StartsWith(names[index], StringComparison.Ordinal))
            : null;
    }

    private static DeviceMemory? MemoryOf(string used, string total) =>
        long.TryParse(used, NumberStyles.None, CultureInfo.InvariantCulture, out var u)
        && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var t)
            ? new DeviceMemory(u << 20, t << 20)
            : null;
}
