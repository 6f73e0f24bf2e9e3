using System.Buffers.Binary;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>The blocks of a GIF file before its first image, and where that image lies.</summary>
internal static class GifHeader
{
    private const int Screen = 13;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte Image = 0x2C;

    /// <summary>
    /// The file with its first image opaque, so that a transparent pixel decodes to its colour of the palette, as PIL has it; null where
    /// the image is opaque already, or the file is none of GIF.
    /// </summary>
    public static byte[]? Opaque(ReadOnlySpan<byte> file)
    {
        for (var at = First(file); at + 4 < file.Length && file[at] == Extension; at = After(file, at))
        {
            if (file[at + 1] == GraphicControl && (file[at + 3] & 1) != 0)
            {
                var opaque = file.ToArray();
                opaque[at + 3] &= 0xFE;
                return opaque;
            }
        }

        return null;
    }

    /// <summary>What is wrong with the first image; null for nothing, and for files that are no GIF.</summary>
    public static string? Fault(ReadOnlySpan<byte> file)
    {
        var at = First(file);
        while (at + 4 < file.Length && file[at] == Extension)
        {
            at = After(file, at);
        }

        if (at + 9 > file.Length || file[at] != Image)
        {
            return null; // the decoder says what it is
        }

        var (x, y) = (Number(file, at + 1), Number(file, at + 3));
        var (width, height) = (Number(file, 6), Number(file, 8));
        return x == 0 && y == 0 && Number(file, at + 5) >= width && Number(file, at + 7) >= height
            ? null
            : $"its first image does not cover its {width} × {height} pixels, and the colour of the rest differs between programs";
    }

    private static int First(ReadOnlySpan<byte> file) =>
        file.StartsWith("GIF8"u8) && file.Length >= Screen
            ? Screen + ((file[10] & 0x80) == 0 ? 0 : 3 << ((file[10] & 7) + 1))
            : file.Length;

    private static int After(ReadOnlySpan<byte> file, int extension)
    {
        var at = extension + 2;
        while (at < file.Length && file[at] != 0)
        {
            at += file[at] + 1;
        }

        return at + 1;
    }

    private static int Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);
}
