using System.Buffers.Binary;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// The markers of a JPEG file up to its end. A decoder that stops after the last row, as Skia's does, never comes to those behind
/// damaged rows, and takes what is left of an image for an image; libjpeg's own end of decoding, and so PIL, refuses them.
/// </summary>
internal static class JpegMarkers
{
    private const byte Escape = 0xFF;
    private const byte End = 0xD9;

    /// <summary>What is wrong with them; null for nothing, and for files that are no JPEG.</summary>
    public static string? Fault(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[Escape, 0xD8, Escape]))
        {
            return null;
        }

        var at = 2;
        while (true)
        {
            // What is between two segments, coded rows among it, holds no escape but stuffed ones and restarts.
            var next = file[at..].IndexOf(Escape);
            at += next + 1;
            if (next < 0 || at >= file.Length)
            {
                return null; // the decoder says that it is cut off
            }

            var marker = file[at];
            if (marker == Escape)
            {
                continue;
            }

            at++;
            if (marker is 0 or 0x01 or >= 0xD0 and <= 0xD7)
            {
                continue;
            }

            if (marker == End)
            {
                return null;
            }

            if (!HasSegment(marker))
            {
                return $"its data are damaged: there is no marker {marker:X2}, which it has at byte {at - 2}";
            }

            if (at + 2 > file.Length)
            {
                return null;
            }

            at = Math.Min(file.Length, at + Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(file[at..])));
        }
    }

    // Frames, tables, scans, application data and comments. The rest is reserved.
    private static bool HasSegment(byte marker) =>
        marker is >= 0xC0 and <= 0xCF and not 0xC8 or >= 0xDA and <= 0xDD or >= 0xE0 and <= 0xEF or 0xFE;
}
