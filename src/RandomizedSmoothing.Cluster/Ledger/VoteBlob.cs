using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>Vote counts as stored: one unsigned LEB128 integer per class, in class order.</summary>
public static class VoteBlob
{
    /// <summary>The bytes of the counts; at least one byte per class.</summary>
    public static byte[] Write(VoteCounts votes)
    {
        var bytes = new List<byte>(votes.Classes * 2);
        foreach (var count in votes.AsSpan())
        {
            var rest = (ulong)count;
            while (rest >= 0x80)
            {
                bytes.Add((byte)(rest | 0x80));
                rest >>= 7;
            }

            bytes.Add((byte)rest);
        }

        return [.. bytes];
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are cut off or no counts.</exception>
    public static VoteCounts Read(ReadOnlySpan<byte> bytes)
    {
        var counts = new List<long>(bytes.Length);
        ulong value = 0;
        var shift = 0;
        foreach (var b in bytes)
        {
            if (shift > 56)
            {
                throw new InvalidDataException("A stored vote count is damaged: it is larger than 63 bits.");
            }

            value |= (ulong)(b & 0x7F) << shift;
            shift += 7;
            if (b < 0x80)
            {
                counts.Add((long)value);
                value = 0;
                shift = 0;
            }
        }

        if (shift != 0 || counts.Count == 0)
        {
            throw new InvalidDataException("A stored vote count is damaged: it is cut off.");
        }

        return new VoteCounts([.. counts]);
    }
}
