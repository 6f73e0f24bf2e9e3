using System.Runtime.InteropServices;
using RandomizedSmoothing.Models.Freezing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>
/// The weights of an ONNX file as values of a trace, each made once: single-precision tensors as <see cref="Cell"/>, whole numbers
/// as numbers and lists of them. Lives in the dispose scope of whoever asks first.
/// </summary>
internal sealed class OnnxValues(OnnxFile file)
{
    private readonly Dictionary<TensorProto, object?> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>The weights by name.</summary>
    public IEnumerable<(string Name, TensorProto Tensor)> Weights => file.Graph.Initializer.Select(t => (t.Name, t));

    /// <summary>The value of a tensor.</summary>
    /// <exception cref="NotFreezableException">It holds other numbers.</exception>
    public object? Of(TensorProto tensor)
    {
        if (!_values.TryGetValue(tensor, out var value))
        {
            value = tensor.DataType switch
            {
                1 => new Cell(null, Floats(tensor), new SharedMemory()),
                6 or 7 => Wholes(tensor),
                var type => throw new NotFreezableException($"a tensor of {OnnxTypes.NameOf(type)}"),
            };
            _values.Add(tensor, value);
        }

        return value;
    }

    private static Tensor Floats(TensorProto proto)
    {
        float[] numbers = proto.HasRawData
            ? MemoryMarshal.Cast<byte, float>(proto.RawData.Span).ToArray()
            : [.. proto.FloatData];
        return numbers.Length == 0
            ? throw new NotFreezableException("an empty tensor")
            : tensor(numbers, [.. proto.Dims]);
    }

    private static object Wholes(TensorProto tensor)
    {
        IEnumerable<long> numbers = (tensor.DataType, tensor.HasRawData) switch
        {
            (7, true) => MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray(),
            (7, false) => tensor.Int64Data,
            (_, true) => MemoryMarshal.Cast<byte, int>(tensor.RawData.Span).ToArray().Select(n => (long)n),
            _ => tensor.Int32Data.Select(n => (long)n),
        };
        return tensor.Dims.Count switch
        {
            0 => numbers.Single(),
            1 => numbers.Select(n => (object?)n).ToList(),
            _ => throw new NotFreezableException("a table of whole numbers"),
        };
    }
}
