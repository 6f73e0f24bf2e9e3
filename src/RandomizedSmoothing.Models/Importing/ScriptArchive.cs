using System.Buffers.Binary;
using System.Text;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// The zip archive of a TorchScript file, looked at before libtorch's native reader sees it: one root folder, names that stay in
/// it, what a script is made of, sizes that are borne out and the checksum of every entry.
/// </summary>
internal static class ScriptArchive
{
    private const int MostEntries = 100_000;
    private const long MostInflated = 1L << 28;
    private const int EndRecord = 56;
    private const int EndLocator = 20;

    // A comment of 65,535 bytes and the end before it, and before that what readers search for the locator.
    private const int MostTail = (1 << 16) + (1 << 13);

    // Programs with operators that have changed since say so, and have their version in another place.
    private static readonly string[][] Needed =
    [
        ["data.pkl"],
        ["constants.pkl"],
        ["version", ".data/version"],
    ];

    /// <exception cref="UserErrorException">The archive is damaged, or not what <c>torch.jit.save</c> writes.</exception>
    public static void Check(string path, string shown)
    {
        try
        {
            using var file = File.OpenRead(path);
            RequireCount(shown, file);
            using var zip = new ZipFile(file, leaveOpen: true);
            if (zip.Count is 0 or > MostEntries)
            {
                throw Fault(shown, $"it holds {zip.Count} files");
            }

            var inflated = 0L;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (ZipEntry entry in zip)
            {
                RequireName(shown, entry.Name, names);
                inflated += entry.CompressionMethod == CompressionMethod.Stored ? 0 : entry.Size;
                if (inflated > MostInflated || entry.Size < 0 || entry.IsCrypted)
                {
                    throw Fault(shown, $"'{entry.Name}' in it is encrypted or unpacks to too much");
                }

                RequireSameName(shown, file, entry);
                RequireContents(shown, zip, entry);
            }

            var root = zip[0].Name.Split('/')[0];
            if (Array.Find(Needed, places => !places.Any(n => names.Contains($"{root}/{n}"))) is { } missing)
            {
                throw Fault(shown, $"'{root}/{missing[0]}' is not in it");
            }
        }
        catch (Exception e)
            when (e
                    is SharpZipBaseException
                        or IOException
                        or ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
                        or OverflowException
                        or IndexOutOfRangeException
                        or UnauthorizedAccessException
            )
        {
            throw Fault(shown, ModelLoader.FirstLine(e), e);
        }
    }

    // The reader makes room for as many files as the 64-bit end of the directory claims, before it looks for the first.
    private static void RequireCount(string shown, FileStream file)
    {
        var tail = new byte[Math.Min(file.Length, MostTail)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        Span<byte> end = stackalloc byte[EndRecord];
        for (var at = 0; at + EndLocator <= tail.Length; at++)
        {
            var rest = tail.AsSpan(at);
            if (!rest.StartsWith("PK\x06\x07"u8))
            {
                continue;
            }

            var place = BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]);
            if (place > (ulong)Math.Max(0, file.Length - EndRecord))
            {
                continue;
            }

            file.Position = (long)place;
            file.ReadExactly(end);
            var count = Math.Max(
                BinaryPrimitives.ReadUInt64LittleEndian(end[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(end[32..])
            );
            if (end.StartsWith("PK\x06\x06"u8) && count > MostEntries)
            {
                throw Fault(shown, $"it claims to hold {count} files");
            }
        }

        file.Position = 0;
    }

    private static void RequireName(string shown, string name, HashSet<string> names)
    {
        var parts = name.Split('/');
        if (parts.Length < 2 || parts[0].Length == 0 || parts.Contains("..") || name.Contains('\\') || !names.Add(name))
        {
            throw Fault(shown, $"'{name}' is no name of a file in it");
        }
    }

    // A file has its name twice, in the directory and before its contents: one of them may be damaged.
    private static void RequireSameName(string shown, FileStream file, ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[30];
        file.Position = entry.Offset;
        file.ReadExactly(header);
        var name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header[26..])];
        file.ReadExactly(name);
        if (!header.StartsWith("PK\x03\x04"u8) || Encoding.UTF8.GetString(name) != entry.Name)
        {
            throw Fault(shown, $"its directory and the file '{entry.Name}' in it disagree");
        }
    }

    private static void RequireContents(string shown, ZipFile zip, ZipEntry entry)
    {
        var checksum = new Crc32();
        var length = 0L;
        using var stream = zip.GetInputStream(entry);
        var buffer = new byte[1 << 16];
        int read;
        while (length <= entry.Size && (read = stream.Read(buffer, 0, buffer.Length)) > 0)
        {
            checksum.Update(new ArraySegment<byte>(buffer, 0, read));
            length += read;
        }

        if (length != entry.Size || checksum.Value != entry.Crc)
        {
            throw Fault(shown, $"the contents of '{entry.Name}' do not have their length and checksum");
        }
    }

    private static UserErrorException Fault(string shown, string problem, Exception? inner = null) =>
        new(
            $"The TorchScript file '{shown}' is damaged: {problem}. It was cut off or changed on the way: copy or export it again.",
            inner
        );
}
