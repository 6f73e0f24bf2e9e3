using System.IO.Compression;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>What a model file is, by its content; names and endings are not trusted.</summary>
public enum ModelFileKind
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>A TorchScript archive (<c>torch.jit.save</c>).</summary>
    TorchScript,

    /// <summary>Safetensors: weights without a program.</summary>
    Safetensors,

    /// <summary>ONNX.</summary>
    Onnx,

    /// <summary>A PyTorch checkpoint (<c>torch.save</c>): a pickle, which can execute code when it is read.</summary>
    Pickle,
}

/// <summary>Recognises model files.</summary>
public static class ModelFiles
{
    /// <summary>What the file is.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static ModelFileKind KindOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> head = stackalloc byte[16];
            var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            head = head[..length];
            if (head.StartsWith("PK\x03\x04"u8))
            {
                return KindOfArchive(stream);
            }

            if (length > 1 && head[0] == 0x80 && head[1] is >= 2 and <= 5)
            {
                return ModelFileKind.Pickle;
            }

            // A safetensors header is JSON after its length, whose high bytes are zero for any sensible size.
            if (length > 8 && head[8] == (byte)'{' && head[6] == 0 && head[7] == 0)
            {
                return ModelFileKind.Safetensors;
            }

            // ModelProto begins with ir_version: field 1, varint.
            return length > 2 && head[0] == 0x08 && head[1] is > 0 and < 32
                ? ModelFileKind.Onnx
                : ModelFileKind.Unknown;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the model '{path}': {e.Message.TrimEnd('.')}. Check the path and its permissions.",
                e
            );
        }
    }

    private static ModelFileKind KindOfArchive(Stream stream)
    {
        try
        {
            stream.Position = 0;
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var names = zip.Entries.Select(entry => entry.FullName).ToArray();
            if (names.Any(n => n.EndsWith("/constants.pkl", StringComparison.Ordinal)))
            {
                return ModelFileKind.TorchScript;
            }

            return names.Any(n => n.EndsWith("/data.pkl", StringComparison.Ordinal) || n == "data.pkl")
                ? ModelFileKind.Pickle
                : ModelFileKind.Unknown;
        }
        catch (InvalidDataException)
        {
            return ModelFileKind.Unknown;
        }
    }
}
