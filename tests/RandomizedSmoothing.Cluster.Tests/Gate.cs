namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>Lets a test hold device threads at a place and know that one has come there.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new(false);

    /// <summary>Completes when a device has come to the gate.</summary>
    public Task Reached => _reached.Task.WaitAsync(Longest);

    /// <summary>Holds the calling device until the gate opens or its work is cancelled.</summary>
    public void Pass(CancellationToken cancellation)
    {
        _reached.TrySetResult();
        _open.Wait(Longest, cancellation);
    }

    /// <summary>Holds the calling device until the gate opens, deaf to cancellation.</summary>
    public void PassDeaf()
    {
        _reached.TrySetResult();
        _open.Wait(Longest);
    }

    public void Open() => _open.Set();
}
