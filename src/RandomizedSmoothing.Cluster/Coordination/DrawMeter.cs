namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Draws per second over a sliding window of the last ten seconds.</summary>
public sealed class DrawMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(TimeSpan At, long Draws)> _samples = new();
    private TimeSpan _start;
    private long _sum;
    private TimeSpan _last;
    private long _open;

    /// <summary>Counts draws that were recorded at a time, which never goes back.</summary>
    public void Add(TimeSpan now, long draws)
    {
        if (_samples.Count == 0 && _open == 0)
        {
            _start = now - Grain;
            _last = now;
        }

        _open += draws;
        if (now - _last >= Grain)
        {
            _samples.Enqueue((now, _open));
            _sum += _open;
            _open = 0;
            _last = now;
        }
    }

    /// <summary>The rate at a time; 0 when nothing was recorded within the window.</summary>
    public double Rate(TimeSpan now)
    {
        while (_samples.TryPeek(out var oldest) && now - oldest.At > Window)
        {
            _samples.Dequeue();
            _sum -= oldest.Draws;
            _start = oldest.At;
        }

        var draws = _sum + _open;
        var span = Math.Clamp((now - _start).TotalSeconds, Grain.TotalSeconds, Window.TotalSeconds);
        return draws / span;
    }
}
