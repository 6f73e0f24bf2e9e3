using System.Collections.Concurrent;

namespace RandomizedSmoothing.Node.Dashboard.Reading;

/// <summary>
/// Answers for many readers: those who ask for the same within a short time share one question. An answer that failed is not
/// kept.
/// </summary>
internal sealed class SharedAnswers<TKey, T>(Func<TKey, Task<T>> ask, TimeSpan freshness, TimeProvider time)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Answer> _answers = new();

    /// <summary>An answer no older than the freshness.</summary>
    public async Task<T> GetAsync(TKey key, CancellationToken cancellation)
    {
        Tidy();
        var answer = _answers.AddOrUpdate(key, Ask, (again, known) => IsStale(known) ? Ask(again) : known);
        try
        {
            return await answer.Value.Value.WaitAsync(cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _answers.TryRemove(new KeyValuePair<TKey, Answer>(key, answer));
            throw;
        }
    }

    private Answer Ask(TKey key) => new(time.GetTimestamp(), new Lazy<Task<T>>(() => ask(key)));

    // A question under way is never asked twice, however long it takes.
    private bool IsStale(Answer answer) =>
        answer.Value is { IsValueCreated: true, Value.IsCompleted: true }
        && time.GetElapsedTime(answer.AskedAt) > freshness;

    private void Tidy()
    {
        foreach (var (key, answer) in _answers)
        {
            if (IsStale(answer) && time.GetElapsedTime(answer.AskedAt) > 20 * freshness)
            {
                _answers.TryRemove(new KeyValuePair<TKey, Answer>(key, answer));
            }
        }
    }

    private sealed record Answer(long AskedAt, Lazy<Task<T>> Value);
}
