using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using RandomizedSmoothing.Core;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Safetensors;

/// <summary>
/// A safetensors file in memory (github.com/huggingface/safetensors): 8 bytes of little-endian header length, a JSON header of
/// names, types, shapes and offsets, the raw tensors. Nothing in such a file is executed. Every rule of the format is checked:
/// offsets in range, lengths equal to shape × type, no overlap, no hole, no name twice.
/// </summary>
public sealed class SafetensorsFile
{
    private const long MaxHeader = 100_000_000;
    private readonly byte[] _bytes;
    private readonly long _data;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(
        string path,
        byte[] bytes,
        long data,
        Dictionary<string, SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata
    ) => (Path, _bytes, _data, _entries, Metadata) = (path, bytes, data, entries, metadata);

    /// <summary>The file it was read from.</summary>
    public string Path { get; }

    /// <summary>The free-form text pairs of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>Reads and checks a whole file.</summary>
    /// <exception cref="UserErrorException">It cannot be read or breaks a rule of the format; the message says which.</exception>
    public static SafetensorsFile Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read '{path}': {e.Message.TrimEnd('.')}. Check the path and its permissions.",
                e
            );
        }
    }

    /// <summary>Checks bytes already read; <paramref name="path"/> is for messages.</summary>
    /// <exception cref="UserErrorException">They break a rule of the format.</exception>
    public static SafetensorsFile Parse(string path, byte[] bytes)
    {
        if (bytes.Length < 8)
        {
            throw Fault(path, $"it has {bytes.Length} bytes and the length of its header takes 8");
        }

        var header = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (header > MaxHeader || (long)header > bytes.Length - 8)
        {
            throw Fault(path, $"its header claims {header} bytes and the file has {bytes.Length}");
        }

        var data = 8 + (long)header;
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var json = bytes.AsMemory(8, (int)header);
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var pair in property.Value.EnumerateObject())
                    {
                        metadata[pair.Name] = pair.Value.GetString() ?? "";
                    }
                }
                else if (!entries.TryAdd(property.Name, EntryOf(path, property)))
                {
                    throw Fault(path, $"the tensor '{property.Name}' appears twice");
                }
            }
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Fault(path, $"its header is not the JSON of the format ({e.Message.TrimEnd('.')})", e);
        }

        RequireContiguous(path, entries.Values, bytes.Length - data);
        return new SafetensorsFile(path, bytes, data, entries, metadata);
    }

    /// <summary>A new tensor on the CPU with the contents of an entry.</summary>
    public Tensor ToTensor(string name)
    {
        var entry = _entries[name];
        var tensor = empty([.. entry.Shape], entry.Type);
        _bytes.AsSpan((int)(_data + entry.Begin), (int)(entry.End - entry.Begin)).CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>Writes tensors in order of their names; the same tensors and metadata give the same bytes.</summary>
    public static void Write(
        Stream target,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            var offset = 0L;
            foreach (var name in names)
            {
                var tensor = tensors[name];
                var (type, _, size) = Array.Find(SafetensorsEntry.Types, t => t.Type == tensor.dtype);
                var end = offset + tensor.numel() * size;
                writer.WriteStartObject(name);
                writer.WriteString("dtype", type);
                writer.WriteStartArray("shape");
                foreach (var length in tensor.shape)
                {
                    writer.WriteNumberValue(length);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(end);
                writer.WriteEndArray();
                writer.WriteEndObject();
                offset = end;
            }

            writer.WriteEndObject();
        }

        while (json.Length % 8 != 0)
        {
            json.WriteByte((byte)' ');
        }

        Span<byte> length8 = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length8, (ulong)json.Length);
        target.Write(length8);
        json.WriteTo(target);
        foreach (var name in names)
        {
            using var plain = tensors[name].detach().cpu().contiguous();
            target.Write(plain.bytes);
        }
    }

    private static SafetensorsEntry EntryOf(string path, JsonProperty property)
    {
        var value = property.Value;
        var type = value.GetProperty("dtype").GetString() ?? "";
        var known = Array.Find(SafetensorsEntry.Types, t => t.Name == type);
        if (known.Name is null)
        {
            var names = string.Join(", ", SafetensorsEntry.Types.Select(t => t.Name));
            throw Fault(path, $"the tensor '{property.Name}' has the type '{type}', which is none of {names}");
        }

        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        long[] offsets = [.. value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || shape.Any(s => s < 0))
        {
            throw Fault(path, $"shape or offsets of the tensor '{property.Name}' are no sizes");
        }

        Int128 bytes = known.Size;
        foreach (var length in shape)
        {
            bytes = Int128.Min(bytes * length, long.MaxValue);
        }

        if (offsets[1] - offsets[0] != bytes)
        {
            throw Fault(
                path,
                $"the tensor '{property.Name}' of shape [{string.Join(", ", shape)}] and type {type} needs {bytes} bytes, its offsets give "
                    + $"{offsets[1] - offsets[0]}"
            );
        }

        return new SafetensorsEntry(property.Name, known.Type, shape, offsets[0], offsets[1]);
    }

    private static void RequireContiguous(string path, IEnumerable<SafetensorsEntry> entries, long length)
    {
        var position = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != position)
            {
                throw Fault(path, $"the tensor '{entry.Name}' begins at {entry.Begin} where {position} is expected");
            }

            position = entry.End;
        }

        if (position != length)
        {
            throw Fault(path, $"its tensors take {position} bytes and {length} follow the header");
        }
    }

    private static UserErrorException Fault(string path, string problem, Exception? inner = null) =>
        new(
            $"'{path}' is no intact safetensors file: {problem}. It was cut off, damaged or is another format: copy or export it again.",
            inner
        );
}
