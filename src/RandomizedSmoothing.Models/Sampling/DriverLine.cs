using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>A GPU as a line of <c>nvidia-smi --query-gpu=… --format=csv,noheader,nounits</c> tells it.</summary>
/// <param name="Index">The driver's number.</param>
/// <param name="Id">The driver's id, <c>GPU-…</c>.</param>
/// <param name="Memory">Used and total.</param>
internal sealed record DriverLine(int Index, string Id, DeviceMemory Memory)
{
    /// <summary>What is asked for, in the order of the columns; memory in MiB.</summary>
    public const string Query = "index,uuid,memory.used,memory.total";

    /// <summary>Reads the lines that say it all; others (<c>[N/A]</c>, <c>[Insufficient Permissions]</c>) are left out.</summary>
    public static IReadOnlyList<DriverLine> Parse(string text)
    {
        var found = new List<DriverLine>();
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (
                parts.Length == 4
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var used)
                && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            )
            {
                found.Add(new DriverLine(index, parts[1], new DeviceMemory(used << 20, total << 20)));
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
}
