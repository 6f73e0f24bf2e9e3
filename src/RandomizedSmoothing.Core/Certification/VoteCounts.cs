using System.Collections.Immutable;
using System.Globalization;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// How often the base classifier answered each class over a set of noise draws: an immutable vector of non-negative counts,
/// one per class. Counts of disjoint draw ranges <see cref="Merge"/> by addition, which is commutative and associative.
/// </summary>
public sealed class VoteCounts : IEquatable<VoteCounts>
{
    private readonly ImmutableArray<long> _counts;

    /// <summary>Takes one count per class.</summary>
    /// <exception cref="ArgumentException">No class, or a negative count.</exception>
    public VoteCounts(params ReadOnlySpan<long> counts)
    {
        if (counts.IsEmpty)
        {
            throw new ArgumentException("Votes need at least one class.", nameof(counts));
        }

        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
            Total = checked(Total + count);
        }

        _counts = [.. counts];
    }

    /// <summary>The number of classes.</summary>
    public int Classes => _counts.Length;

    /// <summary>The number of draws that were counted.</summary>
    public long Total { get; }

    /// <summary>The votes for class <paramref name="label"/>, 0 ≤ label &lt; <see cref="Classes"/>.</summary>
    public long this[int label] => _counts[label];

    /// <summary>The class with most votes; a tie goes to the lowest index (the argmax of the published code).</summary>
    public int TopClass
    {
        get
        {
            var top = 0;
            for (var label = 1; label < _counts.Length; label++)
            {
                if (_counts[label] > _counts[top])
                {
                    top = label;
                }
            }

            return top;
        }
    }

    /// <summary>The class with most votes other than <paramref name="label"/>; a tie goes to the lowest index.</summary>
    /// <returns>−1 where there is no other class.</returns>
    public int RunnerUpTo(int label)
    {
        var best = -1;
        for (var other = 0; other < _counts.Length; other++)
        {
            if (other != label && (best < 0 || _counts[other] > _counts[best]))
            {
                best = other;
            }
        }

        return best;
    }

    /// <summary>No votes yet for any of <paramref name="classes"/> classes.</summary>
    public static VoteCounts None(int classes) => new(new long[classes]);

    /// <summary>The votes of both draw ranges together.</summary>
    /// <exception cref="ArgumentException">The numbers of classes differ.</exception>
    public VoteCounts Merge(VoteCounts other)
    {
        RequireSameClasses(other);
        var sum = new long[Classes];
        for (var label = 0; label < sum.Length; label++)
        {
            sum[label] = checked(_counts[label] + other._counts[label]);
        }

        return new VoteCounts(sum);
    }

    /// <summary>
    /// Whether these votes can be an earlier prefix of <paramref name="longer"/>: no class has more votes here than there.
    /// </summary>
    public bool IsPrefixOf(VoteCounts longer)
    {
        RequireSameClasses(longer);
        for (var label = 0; label < Classes; label++)
        {
            if (_counts[label] > longer._counts[label])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The counts in class order.</summary>
    public ReadOnlySpan<long> AsSpan() => _counts.AsSpan();

    /// <inheritdoc />
    public bool Equals(VoteCounts? other) =>
        other is not null && _counts.AsSpan().SequenceEqual(other._counts.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as VoteCounts);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var count in _counts)
        {
            hash.Add(count);
        }

        return hash.ToHashCode();
    }

    /// <summary>The counts separated by commas, as <c>9000,500,500</c>.</summary>
    public override string ToString() =>
        string.Join(',', _counts.Select(c => c.ToString(CultureInfo.InvariantCulture)));

    private void RequireSameClasses(VoteCounts other)
    {
        if (other.Classes != Classes)
        {
            throw new ArgumentException(
                $"Votes over {Classes} classes and over {other.Classes} classes do not belong together."
            );
        }
    }
}
