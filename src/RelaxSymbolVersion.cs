using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF64 little-endian shared object, setting the weak flag (VER_FLG_WEAK) on the entries of .gnu.version_r that
/// require one symbol version. A file of another kind, or without the entry, is copied unchanged. Compiled by MSBuild
/// (Torch.targets), not part of any assembly.
/// </summary>
public sealed class RelaxSymbolVersion : Task
{
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        byte[] image = File.ReadAllBytes(Source);
        int relaxed = IsElf64(image) ? Relax(image) : 0;
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));

        // Projects build in parallel: each writes its own file aside, and the last rename wins with the same bytes.
        string aside = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(aside, image);
        if (File.Exists(Destination))
        {
            File.Replace(aside, Destination, null);
        }
        else
        {
            try
            {
                File.Move(aside, Destination);
            }
            catch (IOException) when (File.Exists(Destination))
            {
                File.Delete(aside);
            }
        }

        File.SetLastWriteTimeUtc(Destination, DateTime.UtcNow);
        Log.LogMessage(
            MessageImportance.Low,
            "{0}: {1} requirement(s) of {2} relaxed",
            Path.GetFileName(Source),
            relaxed,
            Version
        );
        return true;
    }

    private static bool IsElf64(byte[] image)
    {
        return image.Length >= 64
            && image[0] == 0x7f
            && image[1] == (byte)'E'
            && image[2] == (byte)'L'
            && image[3] == (byte)'F'
            && image[4] == 2
            && image[5] == 1;
    }

    private int Relax(byte[] image)
    {
        long sections = (long)BitConverter.ToUInt64(image, 0x28);
        int entrySize = BitConverter.ToUInt16(image, 0x3a);
        int count = BitConverter.ToUInt16(image, 0x3c);
        int relaxed = 0;
        for (int index = 0; index < count; index++)
        {
            int header = checked((int)(sections + (long)index * entrySize));
            if (BitConverter.ToUInt32(image, header + 4) != VersionNeeds)
            {
                continue;
            }

            int needs = checked((int)BitConverter.ToUInt64(image, header + 0x18));
            int linked = checked((int)(sections + (long)BitConverter.ToUInt32(image, header + 0x28) * entrySize));
            int files = checked((int)BitConverter.ToUInt32(image, header + 0x2c));
            int strings = checked((int)BitConverter.ToUInt64(image, linked + 0x18));
            relaxed += RelaxEntries(image, needs, files, strings);
        }

        return relaxed;
    }

    // Verneed: version u16, cnt u16, file u32, aux u32, next u32. Vernaux: hash u32, flags u16, other u16, name u32, next u32.
    private int RelaxEntries(byte[] image, int need, int files, int strings)
    {
        int relaxed = 0;
        for (int file = 0; file < files; file++)
        {
            int entries = BitConverter.ToUInt16(image, need + 2);
            int entry = checked(need + (int)BitConverter.ToUInt32(image, need + 8));
            for (int index = 0; index < entries; index++)
            {
                int name = checked(strings + (int)BitConverter.ToUInt32(image, entry + 8));
                if (NameAt(image, name) == Version)
                {
                    ushort flags = (ushort)(BitConverter.ToUInt16(image, entry + 4) | Weak);
                    image[entry + 4] = (byte)flags;
                    image[entry + 5] = (byte)(flags >> 8);
                    relaxed++;
                }

                entry += checked((int)BitConverter.ToUInt32(image, entry + 12));
            }

            need += checked((int)BitConverter.ToUInt32(image, need + 12));
        }

        return relaxed;
    }

    private static string NameAt(byte[] image, int offset)
    {
        int end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
