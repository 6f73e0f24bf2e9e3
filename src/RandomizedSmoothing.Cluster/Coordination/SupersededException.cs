namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>The ledger has refused a write because a later coordinator has begun.</summary>
internal sealed class SupersededException()
    : Exception("Another coordinator has begun since; the ledger is its own now.")
{
    /// <summary>Awaits a write that says whether its term was current.</summary>
    /// <exception cref="SupersededException">It was not.</exception>
    public static async Task UnlessAsync(Task<bool> write)
    {
        if (!await write)
        {
            throw new SupersededException();
        }
    }
}
