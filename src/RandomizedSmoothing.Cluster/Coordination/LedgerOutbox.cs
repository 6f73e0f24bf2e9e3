namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>
/// The coordinator's own writes to the ledger, in order, one at a time, each repeated until it succeeds. Used from one actor:
/// the outcome of a write comes back as a message that calls <see cref="Succeeded"/> or <see cref="Again"/>. It says of which outbox
/// it is, since an actor that is restarted has a new one.
/// </summary>
internal sealed class LedgerOutbox(Action<LedgerOutbox, Task> start)
{
    private readonly Queue<(Func<Task> Write, Action? Then)> _waiting = new();
    private bool _busy;

    /// <summary>Adds a write; <paramref name="then"/> runs in the actor once it is durable.</summary>
    public void Add(Func<Task> write, Action? then = null)
    {
        _waiting.Enqueue((write, then));
        StartNext();
    }

    /// <summary>The write under way is durable.</summary>
    public void Succeeded()
    {
        _busy = false;
        _waiting.Dequeue().Then?.Invoke();
        StartNext();
    }

    /// <summary>The write under way has failed and is due again.</summary>
    public void Again()
    {
        _busy = false;
        StartNext();
    }

    private void StartNext()
    {
        if (!_busy && _waiting.TryPeek(out var next))
        {
            _busy = true;
            start(this, next.Write());
        }
    }
}
