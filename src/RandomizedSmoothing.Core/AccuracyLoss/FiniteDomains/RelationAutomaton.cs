using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// The deterministic automaton over output words: its states are relations between groups of start states and the
/// states they can have reached. Relations are numbered as they appear and their successors remembered.
/// </summary>
internal sealed class RelationAutomaton(BandedWindows windows, int groups)
{
    private readonly int _words = (windows.States + 63) / 64;
    private readonly List<ulong[]> _relations = [];
    private readonly Dictionary<ulong[], int> _numbers = new(new WordsComparer());
    private readonly Dictionary<(int Relation, int Row, int Entering), int[]> _successors = [];

    public int Count => _relations.Count;

    /// <summary>The relation before any output: each group reaches its own start states.</summary>
    public int Start(List<int[]> starts)
    {
        var relation = new ulong[groups * _words];
        for (var g = 0; g < groups; g++)
        {
            foreach (var state in starts[g])
            {
                relation[(g * _words) + (state >> 6)] |= 1UL << (state & 63);
            }
        }

        return Number(relation);
    }

    /// <summary>Whether some start state reaches itself.</summary>
    public bool Closes(int relation, List<int[]> starts)
    {
        var bits = _relations[relation];
        for (var g = 0; g < groups; g++)
        {
            var state = starts[g][0];
            if (((bits[(g * _words) + (state >> 6)] >> (state & 63)) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One non-empty relation per output that can come next.</summary>
    public int[] Successors(int relation, int row, int entering)
    {
        if (_successors.TryGetValue((relation, row, entering), out var known))
        {
            return known;
        }

        // The last entry is the output "abstain".
        var byOutput = new ulong[]?[windows.Labels + 1];
        var bits = _relations[relation];
        for (var w = 0; w < bits.Length; w++)
        {
            for (var left = bits[w]; left != 0; left &= left - 1)
            {
                var state = ((w % _words) << 6) + BitOperations.TrailingZeroCount(left);
                for (var label = 0; label < entering; label++)
                {
                    var output = windows.Output(row, state, label);
                    var next = windows.Next(state, label);
                    var target = byOutput[output == Vote.Abstain ? windows.Labels : output] ??= new ulong[bits.Length];
                    target[(w / _words * _words) + (next >> 6)] |= 1UL << (next & 63);
                }
            }
        }

        var successors = byOutput.Where(r => r is not null).Select(r => Number(r!)).ToArray();
        _successors.Add((relation, row, entering), successors);
        return successors;
    }

    private int Number(ulong[] relation)
    {
        if (!_numbers.TryGetValue(relation, out var number))
        {
            number = _relations.Count;
            _relations.Add(relation);
            _numbers.Add(relation, number);
        }

        return number;
    }

    private sealed class WordsComparer : IEqualityComparer<ulong[]>
    {
        public bool Equals(ulong[]? a, ulong[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode(ulong[] words)
        {
            var hash = default(HashCode);
            foreach (var word in words)
            {
                hash.Add(word);
            }

            return hash.ToHashCode();
        }
    }
}
