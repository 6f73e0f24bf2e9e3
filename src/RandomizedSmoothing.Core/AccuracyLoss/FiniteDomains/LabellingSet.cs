using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// A set of labellings of a small domain: the complete ones as a bitmap over all Kⁿ indices, those with abstentions by
/// key. Adding is safe from several threads.
/// </summary>
public sealed class LabellingSet
{
    private readonly HashSet<UInt128> _partial = [];
    private readonly Lock _gate = new();

    public LabellingSet(LabellingCode code)
    {
        Code = code;
        var size = 1L;
        for (var x = 0; x < code.Points; x++)
        {
            size = checked(size * code.Labels);
        }

        Size = size;
        Words = new ulong[(size + 63) / 64];
    }

    private LabellingSet(LabellingCode code, ulong[] words, long size) => (Code, Words, Size) = (code, words, size);

    public LabellingCode Code { get; }

    /// <summary>Kⁿ.</summary>
    public long Size { get; }

    /// <summary>Labellings with at least one abstention, as keys of <see cref="Code"/>.</summary>
    public IReadOnlyCollection<UInt128> Partial => _partial;

    /// <summary>The number of complete labellings in the set.</summary>
    public long CompleteCount
    {
        get
        {
            var count = 0L;
            foreach (var word in Words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>The number of labellings in the set.</summary>
    public long Count => CompleteCount + _partial.Count;

    /// <summary>The bitmap of complete labellings.</summary>
    internal ulong[] Words { get; }

    public bool Contains(long index) => (Words[index >> 6] >> (int)(index & 63) & 1) != 0;

    public void Add(long index)
    {
        var bit = 1UL << (int)(index & 63);
        ref var word = ref Words[index >> 6];
        if ((Volatile.Read(ref word) & bit) == 0)
        {
            Interlocked.Or(ref word, bit);
        }
    }

    public void AddPartial(UInt128 key)
    {
        lock (_gate)
        {
            _partial.Add(key);
        }
    }

    /// <summary>Adds a labelling, complete or not.</summary>
    public void Add(ReadOnlySpan<int> labelling)
    {
        var index = Code.Index(labelling);
        if (index >= 0)
        {
            Add(index);
        }
        else
        {
            AddPartial(Code.Key(labelling));
        }
    }

    /// <summary>The same bitmap without the labellings that abstain somewhere.</summary>
    public LabellingSet CompleteOnly() => _partial.Count == 0 ? this : new LabellingSet(Code, Words, Size);

    /// <summary>The indices of the complete labellings, ascending.</summary>
    public IEnumerable<long> Indices()
    {
        for (var w = 0; w < Words.Length; w++)
        {
            for (var word = Words[w]; word != 0; word &= word - 1)
            {
                yield return ((long)w << 6) + BitOperations.TrailingZeroCount(word);
            }
        }
    }
}
