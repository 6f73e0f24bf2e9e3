using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>What a chain of prefixes makes of another prefix.</summary>
public enum PrefixVerdict
{
    /// <summary>Longer than all: to be stored.</summary>
    Longer,

    /// <summary>A repeat, or a shorter prefix that agrees: nothing to store.</summary>
    Known,

    /// <summary>It contradicts a recorded prefix: not to be stored.</summary>
    Conflict,
}

/// <summary>
/// The recorded prefixes of one stream of one image, shortest first: the rule that makes recording idempotent, independent
/// of order, and alert to differing repeats. Every member of the chain is contained in every longer one.
/// </summary>
public sealed class PrefixChain
{
    private readonly List<VoteCounts> _prefixes = [];

    /// <summary>The longest prefix, or null when nothing is recorded.</summary>
    public VoteCounts? Longest => _prefixes.Count == 0 ? null : _prefixes[^1];

    /// <summary>The recorded prefixes, shortest first.</summary>
    public IReadOnlyList<VoteCounts> Prefixes => _prefixes;

    /// <summary>Takes a prefix as it stands in the ledger.</summary>
    public void Load(VoteCounts recorded)
    {
        var at = _prefixes.FindIndex(p => p.Total > recorded.Total);
        _prefixes.Insert(at < 0 ? _prefixes.Count : at, recorded);
    }

    /// <summary>Judges a prefix and keeps it when it is <see cref="PrefixVerdict.Longer"/>.</summary>
    /// <param name="votes">The new prefix.</param>
    /// <param name="contradicted">The recorded prefix it contradicts; null unless the verdict is a conflict.</param>
    public PrefixVerdict Offer(VoteCounts votes, out VoteCounts? contradicted)
    {
        contradicted = _prefixes.Find(recorded => !Agree(recorded, votes));
        if (contradicted is not null)
        {
            return PrefixVerdict.Conflict;
        }

        if (Longest is { } longest && votes.Total <= longest.Total)
        {
            return PrefixVerdict.Known;
        }

        _prefixes.Add(votes);
        return PrefixVerdict.Longer;
    }

    private static bool Agree(VoteCounts recorded, VoteCounts votes)
    {
        if (recorded.Classes != votes.Classes)
        {
            return false;
        }

        return recorded.Total == votes.Total ? recorded.Equals(votes)
            : recorded.Total < votes.Total ? recorded.IsPrefixOf(votes)
            : votes.IsPrefixOf(recorded);
    }
}
