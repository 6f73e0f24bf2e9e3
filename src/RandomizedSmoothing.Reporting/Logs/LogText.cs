using System.IO.Compression;
using System.Text;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>The text of log files, plain or gzip, told apart by their first bytes.</summary>
internal static class LogText
{
    // No log compresses so well; what does would fill the memory.
    private const long MostTimesLarger = 200;
    private const int StartLength = 16_384;

    /// <summary>The whole text.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or its gzip data are damaged or cut off.</exception>
    public static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var text = Open(file);
            var most = IsGzip(file) ? MostTimesLarger * file.Length : long.MaxValue;
            var result = new StringBuilder();
            var block = new char[StartLength];
            for (var count = text.Read(block); count > 0; count = text.Read(block))
            {
                result.Append(block, 0, count);
                if (result.Length > most)
                {
                    throw new UserErrorException(
                        $"Cannot read the certification log '{path}': it unpacks to more than {MostTimesLarger} times its size, as no log does. Check that it is the right file."
                    );
                }
            }

            return result.ToString();
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(
                $"Cannot read the certification log '{path}': its gzip data are cut off or damaged ({error.Message.TrimEnd('.')}). Fetch it again, or give the rows that 'zcat' still finds in it as a file of their own.",
                error
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the certification log '{path}': {error.Message.TrimEnd('.')}. Check the path, its permissions and that it is whole.",
                error
            );
        }
    }

    /// <summary>The first characters, up to where the file is damaged; empty where it cannot be read.</summary>
    public static string Start(string path)
    {
        var start = new char[StartLength];
        var length = 0;
        try
        {
            using var file = File.OpenRead(path);
            using var text = Open(file);
            for (var next = text.Read(); next >= 0 && length < StartLength; next = text.Read())
            {
                start[length++] = (char)next;
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Whoever reads the whole of a damaged log says so.
        }

        return new string(start, 0, length);
    }

    private static StreamReader Open(FileStream file) =>
        new(IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file, Encoding.UTF8);

    private static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var place = file.Position;
        file.Position = 0;
        var read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = place;
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    }
}
