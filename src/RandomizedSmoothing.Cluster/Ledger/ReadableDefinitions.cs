using System.Data;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>Stored definitions for those who can do without one that is damaged, or of another version.</summary>
public static class ReadableDefinitions
{
    /// <summary>The definition of a sweep; null where the ledger holds none, or none that can be understood.</summary>
    public static async Task<SweepDefinition?> TryReadDefinitionAsync(
        this ISweepLedger ledger,
        SweepId sweep,
        CancellationToken cancellation
    )
    {
        try
        {
            return await ledger.ReadDefinitionAsync(sweep, cancellation);
        }
        catch (Exception error) when (IsOfContent(error))
        {
            return null;
        }
    }

    /// <summary>Whether the ledger answered, and what it holds is not to be understood.</summary>
    internal static bool IsOfContent(Exception error) =>
        error
            is UserErrorException { IsMistake: true }
                or ArgumentException
                or FormatException
                or JsonException
                or DataException;
}
