using System.Collections.Concurrent;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Reads for many askers: those who ask for the same within a short time share one read, also while it runs.</summary>
internal sealed class SharedReads<TKey, T>(TimeSpan freshness, TimeProvider time)
    where TKey : notnull
{
    /// <summary>How long anybody waits for a read: people who ask are to hear that the ledger is away, and not to wait for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TKey, Shared> _reads = new();
    private long _tidiedAt;

    /// <summary>What was read at most so long ago as the freshness says.</summary>
    /// <exception cref="UserErrorException">Nothing came for <see cref="Patience"/>; the read goes on.</exception>
    public async Task<T> GetAsync(TKey key, Func<Task<T>> read, CancellationToken cancellation)
    {
        Tidy();
        if (!_reads.TryGetValue(key, out var shared) || IsStale(shared))
        {
            shared = _reads.AddOrUpdate(key, _ => New(read), (_, known) => IsStale(known) ? New(read) : known);
        }

        try
        {
            return await shared.Value.Value.WaitAsync(Patience, time, cancellation);
        }
        catch (TimeoutException error) when (!shared.Value.Value.IsCompleted)
        {
            throw new UserErrorException(
                $"The node could not read its ledger within {Patience.TotalSeconds} seconds: it is away, or very busy. Sweeps go on when it "
                    + "is back. Try again; /health/ready of the node, and 'rsmooth doctor --cluster URL', say more.",
                error
            )
            {
                ExitCode = 1,
            };
        }
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
