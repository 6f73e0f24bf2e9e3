namespace RandomizedSmoothing.Core;

/// <summary>
/// Work that several ask for at once and that is done once: all who ask while it is under way wait for the same outcome, be it a
/// value or an exception. It belongs to nobody in particular: whoever is cancelled leaves alone, and the work is cancelled when the
/// last one has left. Nothing is kept of what is over. Safe for many threads.
/// </summary>
/// <typeparam name="TKey">What tells works apart.</typeparam>
/// <typeparam name="TValue">What comes out of one.</typeparam>
public sealed class SharedWork<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Flight> _flights = [];

    /// <summary>Joins the work on a key, or begins it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="work">Does it, on a thread of the pool, until its token is cancelled.</param>
    /// <param name="cancellation">Ends the waiting of this caller.</param>
    /// <exception cref="OperationCanceledException">This caller was cancelled.</exception>
    public async Task<TValue> DoAsync(
        TKey key,
        Func<CancellationToken, Task<TValue>> work,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        Flight? flight;
        lock (_lock)
        {
            if (!_flights.TryGetValue(key, out flight))
            {
                _flights.Add(key, flight = new Flight(work));
            }

            flight.Waiting++;
        }

        try
        {
            return await flight.Outcome.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Leave(key, flight);
        }
    }

    /// <summary>As <see cref="DoAsync"/>, for work that blocks and callers that may: on a thread of its own.</summary>
    /// <inheritdoc cref="DoAsync"/>
    public TValue Do(TKey key, Func<CancellationToken, TValue> work, CancellationToken cancellation) =>
        DoAsync(
                key,
                token =>
                    Task.Factory.StartNew(
                        () => work(token),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    ),
                cancellation
            )
            .GetAwaiter()
            .GetResult();

    private void Leave(TKey key, Flight flight)
    {
        lock (_lock)
        {
            if (--flight.Waiting > 0)
            {
                return;
            }

            _flights.Remove(key);
        }

        flight.Abandon();
    }

    private sealed class Flight
    {
        private readonly CancellationTokenSource _abandoned = new();

        public Flight(Func<CancellationToken, Task<TValue>> work)
        {
            var token = _abandoned.Token;
            Outcome = Task.Run(() => work(token), CancellationToken.None);
        }

        public int Waiting { get; set; }

        public Task<TValue> Outcome { get; }

        // What nobody waits for any more must not end as an exception that nobody saw.
        public void Abandon()
        {
            if (!Outcome.IsCompleted)
            {
                _abandoned.Cancel();
            }

            _ = Outcome.ContinueWith(
                ended =>
                {
                    _ = ended.Exception;
                    _abandoned.Dispose();
                },
                TaskScheduler.Default
            );
        }
    }
}
