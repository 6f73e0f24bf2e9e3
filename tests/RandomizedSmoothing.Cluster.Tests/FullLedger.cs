using System.Reflection;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>A ledger whose disk can be filled and emptied: while it is full, every write is refused; while it is away, everything is.</summary>
public class FullLedger : DispatchProxy
{
    /// <summary>What a refused write says.</summary>
    public const string Refusal = "The imaginary disk is full.";

    /// <summary>What is said of a ledger that is away.</summary>
    public const string Absence = "The imaginary ledger does not answer. It is tried again.";

    private ISweepLedger _inner = null!;
    private volatile bool _isFull;
    private volatile bool _isAway;

    /// <summary>Whether writes are refused.</summary>
    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>Whether reads are refused, too, as of a server that is away.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Hears the name of every call that is let through.</summary>
    public Action<string>? OnCall { get; set; }

    /// <summary>Wraps a ledger.</summary>
    public static (ISweepLedger Ledger, FullLedger Disk) Over(ISweepLedger inner)
    {
        var ledger = Create<ISweepLedger, FullLedger>();
        var disk = (FullLedger)(object)ledger;
        disk._inner = inner;
        return (ledger, disk);
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = targetMethod!.Name;
        var remains = name is "get_Location" or "OpenAsync" or "DisposeAsync";
        var reads =
            name.StartsWith("Read", StringComparison.Ordinal)
            || name.StartsWith("Find", StringComparison.Ordinal)
            || name.StartsWith("List", StringComparison.Ordinal);
        if (!remains && (IsAway || (IsFull && !reads)))
        {
            var refusal = new UserErrorException(IsAway ? Absence : Refusal) { ExitCode = 1 };
            var result = targetMethod.ReturnType;
            return result == typeof(Task)
                ? Task.FromException(refusal)
                : typeof(Task)
                    .GetMethods()
                    .Single(m => m is { Name: nameof(Task.FromException), IsGenericMethod: true })
                    .MakeGenericMethod(result.GetGenericArguments())
                    .Invoke(null, [refusal]);
        }

        OnCall?.Invoke(name);
        return targetMethod.Invoke(_inner, args);
    }
}
