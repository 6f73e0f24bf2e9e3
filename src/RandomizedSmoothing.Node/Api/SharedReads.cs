using System.Collections.Concurrent;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Reads for many askers: those who ask for the same within a short time share one read, also while it runs.</summary>
internal sealed class SharedReads<TKey, T>(TimeSpan freshness, TimeProvider time)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Shared> _reads = new();
    private long _tidiedAt;

    /// <summary>What was read at most so long ago as the freshness says.</summary>
    public Task<T> GetAsync(TKey key, Func<Task<T>> read, CancellationToken cancellation)
    {
        Tidy();
        if (!_reads.TryGetValue(key, out var shared) || IsStale(shared))
        {
            shared = _reads.AddOrUpdate(key, _ => New(read), (_, known) => IsStale(known) ? New(read) : known);
        }

        return shared.Value.Value.WaitAsync(cancellation);
    }

    /// <summary>Whoever asks next reads anew.</summary>
    public void Clear() => _reads.Clear();

    private Shared New(Func<Task<T>> read) => new(time.GetTimestamp(), new Lazy<Task<T>>(read));

    // A read under way is never begun twice, however long it takes.
    private bool IsStale(Shared shared) =>
        shared.Value is { IsValueCreated: true, Value.IsCompleted: true }
        && time.GetElapsedTime(shared.AskedAt) > freshness;

    private void Tidy()
    {
        var last = Interlocked.Read(ref _tidiedAt);
        if (
            time.GetElapsedTime(last) <= freshness
            || Interlocked.CompareExchange(ref _tidiedAt, time.GetTimestamp(), last) != last
        )
        {
            return;
        }

        foreach (var (key, shared) in _reads)
        {
            if (IsStale(shared))
            {
                _reads.TryRemove(new KeyValuePair<TKey, Shared>(key, shared));
            }
        }
    }

    /// <summary>A read that happens once, and when it was asked for.</summary>
    private sealed record Shared(long AskedAt, Lazy<Task<T>> Value);
}
