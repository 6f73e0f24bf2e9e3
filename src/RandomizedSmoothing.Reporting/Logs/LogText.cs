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
    /// <exception cref="UserErrorException">The file cannot be read, or its gzip data are damaged.</exception>
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
                    throw new InvalidDataException($"it unpacks to more than {MostTimesLarger} times its size.");
                }
            }

            return result.ToString();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the certification log '{path}': {error.Message} Check the path, its permissions and that it is whole.",
                error
            );
        }
    }

    /// <summary>The first characters; empty where the file cannot be read.</summary>
    public static string Start(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var text = Open(file);
            var start = new char[StartLength];
            return new string(start, 0, text.ReadBlock(start));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return "";
        }
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
