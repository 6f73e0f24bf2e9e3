using System.Runtime.InteropServices;
using Google.Protobuf;
using RandomizedSmoothing.Models.Onnx;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Onnx;

/// <summary>Writes ONNX models: a chain of operators from 'images' to 'logits'.</summary>
internal sealed class OnnxBuilder
{
    private readonly GraphProto _graph = new() { Name = "test" };
    private int _next;

    /// <param name="sizes">Sizes of the input; null for one that the file leaves open.</param>
    /// <param name="type">Number of the element type of input and output: 1 float32, 10 float16, 11 float64.</param>
    public OnnxBuilder(IReadOnlyList<long?> sizes, int type = 1)
    {
        _graph.Input.Add(Port("images", sizes, type));
        Type = type;
    }

    public int Type { get; }

    public string Images => "images";

    /// <summary>Adds an operator.</summary>
    /// <returns>The name of its output.</returns>
    public string Add(string op, string[] inputs, params (string Name, object Value)[] attributes) =>
        AddAll(op, inputs, 1, attributes)[0];

    /// <summary>Adds an operator with several outputs.</summary>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> AddAll(
        string op,
        string[] inputs,
        int outputs,
        params (string Name, object Value)[] attributes
    )
    {
        var node = new NodeProto { OpType = op, Name = $"n{_next}" };
        node.Input.Add(inputs);
        node.Output.Add(Enumerable.Range(0, outputs).Select(_ => $"v{_next++}"));
        foreach (var (name, value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case long number:
                    (attribute.I, attribute.Type) = (number, 2);
                    break;
                case float number:
                    (attribute.F, attribute.Type) = (number, 1);
                    break;
                case string text:
                    (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), 3);
                    break;
                case long[] numbers:
                    attribute.Ints.Add(numbers);
                    attribute.Type = 7;
                    break;
                case TensorProto tensor:
                    (attribute.T, attribute.Type) = (tensor, 4);
                    break;
                default:
                    throw new ArgumentException($"no attribute: {value}");
            }

            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
        return node.Output;
    }

    /// <summary>Adds a tensor of weights.</summary>
    /// <returns>Its name.</returns>
    public string Weights(Tensor tensor, string? name = null)
    {
        var type = Type switch
        {
            10 => ScalarType.Float16,
            11 => ScalarType.Float64,
            _ => ScalarType.Float32,
        };
        using var plain = tensor.detach().to(type).contiguous();
        var proto = new TensorProto
        {
            Name = name ?? $"w{_next++}",
            DataType = Type,
            RawData = ByteString.CopyFrom(plain.bytes),
        };
        proto.Dims.Add(plain.shape);
        _graph.Initializer.Add(proto);
        return proto.Name;
    }

    /// <summary>Adds a list of integers.</summary>
    /// <returns>Its name.</returns>
    public string Integers(params long[] values)
    {
        var list = List(values);
        list.Dims.Add(values.Length);
        return Keep(list);
    }

    /// <summary>Adds one integer, no list.</summary>
    /// <returns>Its name.</returns>
    public string Integer(long value) => Keep(List(value));

    /// <summary>A list of one integer for an attribute.</summary>
    public static TensorProto Only(long value)
    {
        var list = List(value);
        list.Dims.Add(1);
        return list;
    }

    private static TensorProto List(params long[] values) =>
        new() { DataType = 7, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };

    private string Keep(TensorProto tensor)
    {
        tensor.Name = $"w{_next++}";
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    public string Linear(string input, Tensor weight, Tensor bias) =>
        Add("Gemm", [input, Weights(weight), Weights(bias)], ("transB", 1L));

    public string Conv(string input, Tensor weight, Tensor? bias, long stride, long padding) =>
        Add(
            "Conv",
            bias is null ? [input, Weights(weight)] : [input, Weights(weight), Weights(bias)],
            ("kernel_shape", weight.shape[2..]),
            ("strides", new[] { stride, stride }),
            ("pads", new[] { padding, padding, padding, padding })
        );

    /// <summary>The model that ends in these outputs.</summary>
    public ModelProto Model(long opset = 17, params string[] outputs)
    {
        foreach (var output in outputs)
        {
            _graph.Output.Add(Port(output, [null, null], Type));
        }

        var model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = "test",
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        return model;
    }

    public byte[] Bytes(params string[] outputs) => Model(17, outputs).ToByteArray();

    /// <summary>Pixels, flattened, through one linear layer.</summary>
    public static OnnxBuilder Linear(Tensor weight, Tensor bias, long?[] sizes, out string logits, int type = 1)
    {
        var builder = new OnnxBuilder(sizes, type);
        logits = builder.Linear(builder.Add("Flatten", [builder.Images], ("axis", 1L)), weight, bias);
        return builder;
    }

    private static ValueInfoProto Port(string name, IReadOnlyList<long?> sizes, int type)
    {
        var shape = new TensorShapeProto();
        foreach (var size in sizes)
        {
            shape.Dim.Add(
                size is { } number
                    ? new TensorShapeProto.Types.Dimension { DimValue = number }
                    : new TensorShapeProto.Types.Dimension { DimParam = $"d{shape.Dim.Count}" }
            );
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape },
            },
        };
    }
}
