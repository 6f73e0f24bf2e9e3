namespace RandomizedSmoothing.Cluster.Telemetry;

/// <summary>Knows which lines were told a short while ago.</summary>
/// <param name="quiet">For how long a line that was told is not new.</param>
/// <param name="time">Clock.</param>
internal sealed class RepeatedLines(TimeSpan quiet, TimeProvider time)
{
    private const int Most = 1000;

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <summary>Whether the line was not told within the quiet time; if so, it counts as told now.</summary>
    public bool IsNew(string line)
    {
        if (_told.TryGetValue(line, out var at) && time.GetElapsedTime(at) < quiet)
        {
            return false;
        }

        if (_told.Count >= Most)
        {
            // Lines that differ every time are no repetitions.
            _told.Clear();
        }

        _told[line] = time.GetTimestamp();
        return true;
    }
}
