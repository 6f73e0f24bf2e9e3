namespace RandomizedSmoothing.Cli;

/// <summary>How every command ends.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something outside the user's input went wrong.</summary>
    public const int Error = 1;

    /// <summary>Bad input; nothing was created.</summary>
    public const int BadInput = 2;

    /// <summary>Finished, but some shards are quarantined.</summary>
    public const int FinishedWithGaps = 3;

    /// <summary>No node of the cluster answers.</summary>
    public const int Unreachable = 4;

    /// <summary>Ctrl-C: stopped cleanly, can be resumed.</summary>
    public const int Interrupted = 130;
}
