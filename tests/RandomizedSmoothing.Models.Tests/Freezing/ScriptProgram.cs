using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>
/// A TorchScript archive as <c>torch.jit.save</c> writes it, from the body of <c>forward(self, x)</c> and tensors that the body
/// finds in <c>self</c>.
/// </summary>
internal sealed class ScriptProgram
{
    private readonly MemoryStream _pickle = new();
    private readonly List<(string Name, Tensor Value)> _tensors = [];

    /// <summary>Code outside the class, as functions.</summary>
    public string Functions { get; init; } = "";

    /// <summary>Whether the module was saved in training mode.</summary>
    public bool Training { get; init; }

    /// <summary>The file that says the version: programs with operators that have changed since have it in another place.</summary>
    public string VersionFile { get; init; } = "version";

    /// <summary>Adds a tensor; its name.</summary>
    public string Add(Tensor value, string? name = null)
    {
        name ??= $"w{_tensors.Count}";
        _tensors.Add((name, value.contiguous().DetachFromDisposeScope()));
        return name;
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">Lines of the method, without indentation.</param>
    public void Write(string path, string body)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Entry(zip, "data.pkl", Pickle());
        Entry(zip, "constants.pkl", Encoding.Latin1.GetBytes("\u0080\u0002)."));
        Entry(zip, VersionFile, "3\n"u8.ToArray());
        Entry(zip, "code/__torch__.py", Encoding.UTF8.GetBytes(Code(body)));
        for (var i = 0; i < _tensors.Count; i++)
        {
            Entry(zip, $"data/{i}", _tensors[i].Value.bytes.ToArray());
        }
    }

    private string Code(string body)
    {
        var lines = body.Split('\n').Select(line => "    " + line);
        var parts = _tensors.Select(t => $"  {t.Name} : Tensor\n");
        return $"class Net(Module):\n  __parameters__ = []\n  __buffers__ = [{string.Concat(_tensors.Select(t => $"\"{t.Name}\", "))}]\n"
            + $"{string.Concat(parts)}  training : bool\n"
            + $"  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n{string.Join('\n', lines)}\n{Functions}";
    }

    private byte[] Pickle()
    {
        Raw("\u0080\u0002c__torch__\nNet\n)\u0081}(");
        foreach (var (name, value) in _tensors)
        {
            Text(name);
            Raw("ctorch._utils\n_rebuild_tensor_v2\n((");
            Text("storage");
            Raw($"ctorch\n{(value.dtype == ScalarType.Int64 ? "LongStorage" : "FloatStorage")}\n");
            Text(_tensors.FindIndex(t => t.Name == name).ToString(System.Globalization.CultureInfo.InvariantCulture));
            Text("cpu");
            Whole(value.numel());
            Raw("tQK\0(");
            Array.ForEach(value.shape, Whole);
            Raw("t(");
            Array.ForEach(value.stride(), Whole);
            Raw("t\u0089ccollections\nOrderedDict\n)RtR");
        }

        Text("training");
        Raw(Training ? "\x88" : "\x89");
        Raw("ub.");
        return _pickle.ToArray();
    }

    private void Raw(string bytes) => _pickle.Write(Encoding.Latin1.GetBytes(bytes));

    private void Text(string text)
    {
        Raw("X");
        Number((int)Encoding.UTF8.GetByteCount(text));
        _pickle.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Whole(long value)
    {
        Raw("J");
        Number((int)value);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _pickle.Write(bytes);
    }

    private static void Entry(ZipArchive zip, string name, byte[] bytes)
    {
        using var stream = zip.CreateEntry($"net/{name}", CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }
}
