using System.Runtime.CompilerServices;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>The sweep definitions this process has read lately; a definition never changes under its id.</summary>
public sealed class DefinitionCache
{
    private const int Capacity = 32;

    private readonly Lock _lock = new();
    private readonly List<SweepDefinition> _latest = [];
    private readonly SharedWork<SweepId, SweepDefinition?> _reads = new();
    private readonly ConditionalWeakTable<SweepDefinition, byte[]> _json = [];

    /// <summary>The definition, or null when it has not been read lately.</summary>
    public SweepDefinition? Find(SweepId sweep)
    {
        lock (_lock)
        {
            return _latest.Find(d => d.Id == sweep);
        }
    }

    /// <summary>The definition, read by one of all who ask at once, so that they hold the same; null where the ledger has none.</summary>
    public async Task<SweepDefinition?> ReadAsync(ISweepLedger ledger, SweepId sweep) =>
        Find(sweep)
        ?? await _reads.DoAsync(
            sweep,
            async token =>
            {
                if (Find(sweep) is { } meanwhile)
                {
                    return meanwhile;
                }

                var read = await ledger.ReadDefinitionAsync(sweep, token);
                if (read is not null)
                {
                    Put(read);
                }

                return read;
            },
            CancellationToken.None
        );

    /// <summary>A definition as it travels, written once for all who hold it: that of a wide grid takes many megabytes.</summary>
    public byte[] JsonOf(SweepDefinition definition) => _json.GetValue(definition, LedgerJson.Write);

    /// <summary>Keeps a definition; the one kept longest makes room.</summary>
    public void Put(SweepDefinition definition)
    {
        lock (_lock)
        {
            _latest.RemoveAll(d => d.Id == definition.Id);
            if (_latest.Count == Capacity)
            {
                _latest.RemoveAt(0);
            }

            _latest.Add(definition);
        }
    }
}
