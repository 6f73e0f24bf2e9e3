using System.Text.Json;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The bytes of definitions and progress in the ledger and between nodes: <see cref="SweepDefinitionJson"/> in UTF-8.</summary>
public static class LedgerJson
{
    /// <summary>The JSON of a definition; equal definitions give equal bytes.</summary>
    public static byte[] Write(SweepDefinition definition) =>
        JsonSerializer.SerializeToUtf8Bytes(definition, SweepDefinitionJson.Options);

    /// <summary>Reads what <see cref="Write(SweepDefinition)"/> wrote, also by an older or newer version.</summary>
    /// <exception cref="Core.UserErrorException">The bytes are no sweep definition.</exception>
    public static SweepDefinition ReadDefinition(ReadOnlySpan<byte> json) =>
        SweepDefinitionJson.Read(System.Text.Encoding.UTF8.GetString(json));

    /// <summary>The JSON of a progress report.</summary>
    public static byte[] Write(SweepProgress progress) =>
        JsonSerializer.SerializeToUtf8Bytes(progress, SweepDefinitionJson.Options);

    /// <summary>Reads what <see cref="Write(SweepProgress)"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are no progress report.</exception>
    public static SweepProgress ReadProgress(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<SweepProgress>(json, SweepDefinitionJson.Options)
        ?? throw new JsonException("The progress report is null.");

    /// <summary>The JSON of what a device is asked to time.</summary>
    public static byte[] Write(ThroughputTask task) =>
        JsonSerializer.SerializeToUtf8Bytes(task, SweepDefinitionJson.Options);

    /// <summary>Reads what <see cref="Write(ThroughputTask)"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are no such task.</exception>
    public static ThroughputTask ReadThroughputTask(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ThroughputTask>(json, SweepDefinitionJson.Options)
        ?? throw new JsonException("The task is null.");

    /// <summary>The JSON of what a device measured.</summary>
    public static byte[] Write(ThroughputReading reading) =>
        JsonSerializer.SerializeToUtf8Bytes(reading, SweepDefinitionJson.Options);

    /// <summary>Reads what <see cref="Write(ThroughputReading)"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are no such reading.</exception>
    public static ThroughputReading ReadThroughputReading(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ThroughputReading>(json, SweepDefinitionJson.Options)
        ?? throw new JsonException("The reading is null.");
}
