using System.Text;
using ICSharpCode.SharpZipLib.Zip;
using RandomizedSmoothing.Models.Freezing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>What a TorchScript archive holds: code by qualified name, the module that is saved, and the program's constants.</summary>
internal sealed class ScriptFile : IDisposable
{
    private readonly ZipFile _zip;
    private readonly string _root;
    private readonly Dictionary<string, ScriptCode?> _code = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Folder, string Storage), byte[]> _storages = [];

    /// <param name="path">An archive that <see cref="Importing.ScriptArchive"/> found whole.</param>
    /// <exception cref="NotFreezableException">Its values cannot be read.</exception>
    public ScriptFile(string path)
    {
        _zip = new ZipFile(path);
        try
        {
            _root = _zip[0].Name.Split('/')[0];
            Module =
                PickleReader.Read(Bytes("data.pkl")) as ScriptObject
                ?? throw new NotFreezableException("no module in its data");
            Constants = PickleReader.Read(Bytes("constants.pkl")) as List<object?> ?? [];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The module whose <c>forward</c> is the program.</summary>
    public ScriptObject Module { get; }

    /// <summary>What the code calls <c>CONSTANTS.c0</c>, <c>c1</c> and so on.</summary>
    public IReadOnlyList<object?> Constants { get; }

    /// <summary>A method of a class, or null.</summary>
    public Function? Method(string type, string name)
    {
        var dot = type.LastIndexOf('.');
        return dot < 0
            ? null
            : Code(type[..dot])?.Classes.GetValueOrDefault(type[(dot + 1)..])?.GetValueOrDefault(name);
    }

    /// <summary>A free function by its qualified name, or null.</summary>
    public Function? Free(string qualified)
    {
        var dot = qualified.LastIndexOf('.');
        return dot < 0 ? null : Code(qualified[..dot])?.Functions.GetValueOrDefault(qualified[(dot + 1)..]);
    }

    /// <summary>A tensor of the module, or of the constants, on the CPU, in the caller's dispose scope.</summary>
    public Tensor Load(StoredTensor stored, bool isConstant)
    {
        var type = stored.Type switch
        {
            "FloatStorage" => ScalarType.Float32,
            "DoubleStorage" => ScalarType.Float64,
            "HalfStorage" => ScalarType.Float16,
            "BFloat16Storage" => ScalarType.BFloat16,
            "LongStorage" => ScalarType.Int64,
            "IntStorage" => ScalarType.Int32,
            "BoolStorage" => ScalarType.Bool,
            "ByteStorage" => ScalarType.Byte,
            _ => throw new NotFreezableException($"a tensor of {stored.Type}"),
        };
        var key = (isConstant ? "constants" : "data", stored.Storage);
        if (!_storages.TryGetValue(key, out var bytes))
        {
            bytes = Bytes($"{key.Item1}/{key.Storage}");
            _storages.Add(key, bytes);
        }

        using var element = empty([1], type);
        var size = element.element_size();
        using var whole = empty([bytes.Length / size], type);
        bytes.AsSpan(0, (int)(whole.numel() * size)).CopyTo(whole.bytes);
        var (last, count) = (stored.Offset, 1L);
        for (var i = 0; i < stored.Shape.Length; i++)
        {
            last = checked(last + ((stored.Shape[i] - 1) * stored.Strides[i]));
            count = checked(count * stored.Shape[i]);
        }

        return
            stored.Offset < 0
            || stored.Shape.Any(length => length <= 0)
            || stored.Strides.Any(stride => stride < 0)
            || last >= whole.numel()
            || count > whole.numel()
            ? throw new NotFreezableException("a tensor that is empty or larger than its file")
            : whole.as_strided(stored.Shape, stored.Strides, stored.Offset).clone();
    }

    public void Dispose() => _zip.Close();

    private ScriptCode? Code(string module)
    {
        if (!_code.TryGetValue(module, out var code))
        {
            var name = $"code/{module.Replace('.', '/')}.py";
            code =
                _zip.FindEntry($"{_root}/{name}", false) < 0
                    ? null
                    : ScriptParser.Read(Encoding.UTF8.GetString(Bytes(name)));
            _code.Add(module, code);
        }

        return code;
    }

    private byte[] Bytes(string name)
    {
        var entry = _zip.GetEntry($"{_root}/{name}") ?? throw new NotFreezableException($"no '{name}' in its archive");
        using var stream = _zip.GetInputStream(entry);
        var bytes = new byte[entry.Size];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
