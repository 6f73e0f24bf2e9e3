using System.Buffers.Binary;
using System.Text;
using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>An object of a class of the program: a module with its parts.</summary>
/// <param name="Class">Qualified name of its class.</param>
internal sealed record ScriptObject(string Class)
{
    /// <summary>Its parts by name: plain values, <see cref="StoredTensor"/> and other objects.</summary>
    public Dictionary<string, object?> Parts { get; } = new(StringComparer.Ordinal);
}

/// <summary>Where the numbers of a tensor lie.</summary>
/// <param name="Storage">Name of the file beside the pickle.</param>
/// <param name="Type">Its type as PyTorch names storages of it, <c>FloatStorage</c>.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Lengths.</param>
/// <param name="Strides">Elements between neighbours.</param>
internal sealed record StoredTensor(string Storage, string Type, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads the pickles of TorchScript archives as data. No name in them is looked up in any program: objects stay descriptions, and
/// what <c>torch.jit.save</c> does not write is refused.
/// </summary>
internal sealed class PickleReader
{
    private readonly byte[] _bytes;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<int, object?> _memo = [];
    private int _at;

    private PickleReader(byte[] bytes) => _bytes = bytes;

    private sealed record Global(string Name);

    /// <summary>The value of a pickle.</summary>
    /// <exception cref="NotFreezableException">It holds something else than TorchScript's values, or is damaged.</exception>
    public static object? Read(byte[] bytes)
    {
        try
        {
            return new PickleReader(bytes).Read();
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or InvalidOperationException
                        or InvalidCastException
                        or IndexOutOfRangeException
                        or KeyNotFoundException
            )
        {
            throw new NotFreezableException("a pickle that breaks off");
        }
    }

    private object? Read()
    {
        while (true)
        {
            var code = (char)_bytes[_at++];
            if (code == '.')
            {
                return Pop();
            }

            Step(code);
        }
    }

    private void Step(char code)
    {
        switch (code)
        {
            case '\x80':
                _at++;
                break;
            case '(':
                _marks.Push(_stack.Count);
                break;
            case 'N':
                _stack.Add(null);
                break;
            case '\x88':
            case '\x89':
                _stack.Add(code == '\x88');
                break;
            case 'K':
                _stack.Add((long)_bytes[_at++]);
                break;
            case 'M':
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 'J':
                _stack.Add((long)Int32());
                break;
            case '\x8a':
                _stack.Add(Long(Take(_bytes[_at++])));
                break;
            case 'G':
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case 'X':
                _stack.Add(Encoding.UTF8.GetString(Take(Int32())));
                break;
            case ']':
            case ')':
                _stack.Add(new List<object?>());
                break;
            case '}':
                _stack.Add(new Dictionary<object, object?>());
                break;
            case 't':
                _stack.Add(PopMarked());
                break;
            case '\x85':
            case '\x86':
            case '\x87':
                Tuple(code - '\x84');
                break;
            case 'a':
                var item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case 'e':
                var items = PopMarked();
                Top<List<object?>>().AddRange(items);
                break;
            case 's':
            case 'u':
                SetItems(code == 'u' ? PopMarked() : PopMany(2));
                break;
            case 'q':
                _memo[_bytes[_at++]] = _stack[^1];
                break;
            case 'r':
                _memo[Int32()] = _stack[^1];
                break;
            case 'h':
                _stack.Add(_memo[_bytes[_at++]]);
                break;
            case 'j':
                _stack.Add(_memo[Int32()]);
                break;
            case 'c':
                var module = Line();
                _stack.Add(new Global($"{module}.{Line()}"));
                break;
            case '\x81':
                Pop();
                _stack.Add(new ScriptObject(Pop<Global>().Name));
                break;
            case 'b':
                Build();
                break;
            case 'Q':
                _stack.Add(Storage(Pop<List<object?>>()));
                break;
            case 'R':
                var arguments = Pop<List<object?>>();
                _stack.Add(Reduce(Pop<Global>().Name, arguments));
                break;
            default:
                throw new NotFreezableException($"the pickle code {(int)code:x2}");
        }
    }

    private static object? Reduce(string function, List<object?> arguments) =>
        function switch
        {
            "torch._utils._rebuild_tensor_v2" => Tensor(arguments),
            "torch.jit._pickle.restore_type_tag" => arguments[0],
            "torch.jit._pickle.build_intlist"
            or "torch.jit._pickle.build_doublelist"
            or "torch.jit._pickle.build_boollist"
            or "torch.jit._pickle.build_tensorlist" => arguments[0],
            "collections.OrderedDict" => new Dictionary<object, object?>(),
            _ => throw new NotFreezableException($"a {function} among its values"),
        };

    private static StoredTensor Tensor(List<object?> arguments) =>
        As<StoredTensor>(arguments[0]) with
        {
            Offset = As<long>(arguments[1]),
            Shape = [.. As<List<object?>>(arguments[2]).Select(As<long>)],
            Strides = [.. As<List<object?>>(arguments[3]).Select(As<long>)],
        };

    private static StoredTensor Storage(List<object?> name) =>
        new(As<string>(name[2]), As<Global>(name[1]).Name.Split('.')[^1], 0, [], []);

    private void Build()
    {
        var state = Pop<Dictionary<object, object?>>();
        foreach (var (name, part) in state)
        {
            Top<ScriptObject>().Parts[As<string>(name)] = part;
        }
    }

    private void SetItems(List<object?> items)
    {
        var target = Top<Dictionary<object, object?>>();
        for (var i = 0; i + 1 < items.Count; i += 2)
        {
            target[As<object>(items[i])] = items[i + 1];
        }
    }

    private void Tuple(int length) => _stack.Add(PopMany(length));

    private List<object?> PopMarked() => PopMany(_stack.Count - _marks.Pop());

    private List<object?> PopMany(int count)
    {
        var items = _stack.GetRange(_stack.Count - count, count);
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object? Pop() => PopMany(1)[0];

    private T Pop<T>() => As<T>(Pop());

    private T Top<T>() => As<T>(_stack[^1]);

    private static T As<T>(object? value) => value is T typed ? typed : throw new InvalidCastException();

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private static long Long(ReadOnlySpan<byte> bytes)
    {
        var value = bytes.Length is > 0 and <= 8 && (bytes[^1] & 0x80) != 0 ? -1L : 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private string Line()
    {
        var start = _at;
        while (_bytes[_at] != '\n')
        {
            _at++;
        }

        return Encoding.UTF8.GetString(_bytes, start, _at++ - start);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _bytes.AsSpan(_at, length);
        _at += length;
        return taken;
    }
}
