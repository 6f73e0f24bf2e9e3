using System.Reflection;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>
/// A ledger whose votes are read only as often as a test lets them; votes and what is given up are recorded so, too, once that is
/// asked for.
/// </summary>
public class HeldLedger : DispatchProxy
{
    private readonly SemaphoreSlim _permits = new(0);
    private readonly SemaphoreSlim _writePermits = new(0);
    private ISweepLedger _inner = null!;
    private int _reads;
    private int _writes;

    /// <summary>How often votes were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How often votes were to be recorded.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Whether votes wait for <see cref="AllowWrite"/>.</summary>
    public bool HoldsWrites { get; set; }

    /// <summary>Whether what is given up waits for <see cref="AllowWrite"/>; completes when it does.</summary>
    public TaskCompletionSource? HoldsTroubles { get; set; }

    /// <summary>What comes of the next write instead of its success.</summary>
    public Exception? Refusal { get; set; }

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

    /// <summary>Lets one write pass.</summary>
    public void AllowWrite() => _writePermits.Release();

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name switch
        {
            nameof(ISweepLedger.ReadVotesAsync) => ReadAsync(targetMethod, args),
            nameof(ISweepLedger.RecordVotesAsync) when HoldsWrites => RecordAsync(targetMethod, args),
            nameof(ISweepLedger.ReplaceTroublesAsync) when HoldsTroubles is { } held => ReplaceAsync(
                held,
                targetMethod,
                args
            ),
            _ => targetMethod.Invoke(_inner, args),
        };

    private async Task<RecordedVotes> RecordAsync(MethodInfo record, object?[]? args)
    {
        Interlocked.Increment(ref _writes);
        await _writePermits.WaitAsync();
        if (Refusal is { } refusal)
        {
            Refusal = null;
            throw refusal;
        }

        return await (Task<RecordedVotes>)record.Invoke(_inner, args)!;
    }

    private async Task<bool> ReplaceAsync(TaskCompletionSource held, MethodInfo replace, object?[]? args)
    {
        held.TrySetResult();
        await _writePermits.WaitAsync();
        return await (Task<bool>)replace.Invoke(_inner, args)!;
    }

    private async Task<IReadOnlyList<StoredVotes>> ReadAsync(MethodInfo read, object?[]? args)
    {
        Interlocked.Increment(ref _reads);
        await _permits.WaitAsync();
        return await (Task<IReadOnlyList<StoredVotes>>)read.Invoke(_inner, args)!;
    }
}
