using System.Reflection;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>A ledger whose votes are read only as often as a test lets them.</summary>
public class HeldLedger : DispatchProxy
{
    private readonly SemaphoreSlim _permits = new(0);
    private ISweepLedger _inner = null!;
    private int _reads;

    /// <summary>How often votes were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Wraps a ledger.</summary>
    public static (ISweepLedger Ledger, HeldLedger Hold) Over(ISweepLedger inner)
    {
        var ledger = Create<ISweepLedger, HeldLedger>();
        var hold = (HeldLedger)(object)ledger;
        hold._inner = inner;
        return (ledger, hold);
    }

    /// <summary>Lets some reads pass, those that wait first.</summary>
    public void Allow(int reads) => _permits.Release(reads);

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(ISweepLedger.ReadVotesAsync)
            ? ReadAsync(targetMethod, args)
            : targetMethod.Invoke(_inner, args);

    private async Task<IReadOnlyList<StoredVotes>> ReadAsync(MethodInfo read, object?[]? args)
    {
        Interlocked.Increment(ref _reads);
        await _permits.WaitAsync();
        return await (Task<IReadOnlyList<StoredVotes>>)read.Invoke(_inner, args)!;
    }
}
