namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>Whether the cluster has put this process out, so that it must end and be started again.</summary>
public sealed class MembershipWatch
{
    private readonly TaskCompletionSource _putOut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _reason;

    /// <summary>Completes once the process is out.</summary>
    public Task PutOut => _putOut.Task;

    /// <summary>Why the process is out, a sentence or two; null while it is not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Whether an operator has asked the cluster to let this node go: it is out, and nothing is wrong.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>The node is asked to leave.</summary>
    internal void Ask() => WasAsked = true;

    /// <summary>The process is out; the first reason stays.</summary>
    internal void End(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _putOut.TrySetResult();
    }
}
