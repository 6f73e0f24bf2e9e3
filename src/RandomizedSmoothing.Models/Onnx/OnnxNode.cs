using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>An operator of an ONNX graph with the values of its inputs.</summary>
/// <param name="Node">As the file has it.</param>
/// <param name="Inputs">Cells, whole numbers and lists of them; null for one that is left out.</param>
/// <param name="Opset">Version of the operator set.</param>
/// <param name="FixedRows">The number of images that the file was made for; null for any.</param>
/// <param name="Weights">For tensors among its attributes.</param>
internal sealed record OnnxNode(
    NodeProto Node,
    IReadOnlyList<object?> Inputs,
    int Opset,
    long? FixedRows,
    OnnxValues Weights
)
{
    /// <summary>Its operator.</summary>
    public string Type => Node.OpType;

    /// <summary>An input, or null.</summary>
    public object? Input(int place) => place < Inputs.Count ? Inputs[place] : null;

    /// <summary>An input that is a tensor.</summary>
    public Cell Cell(int place) => Input(place) as Cell ?? throw Unusable($"input {place}");

    /// <summary>A whole number among the attributes.</summary>
    public long Whole(string name, long otherwise) => Find(name) is { HasI: true } found ? found.I : otherwise;

    /// <summary>A number among the attributes.</summary>
    public double Number(string name, double otherwise) => Find(name) is { HasF: true } found ? found.F : otherwise;

    /// <summary>A word among the attributes.</summary>
    public string Word(string name, string otherwise) =>
        Find(name) is { HasS: true } found ? found.S.ToStringUtf8() : otherwise;

    /// <summary>Whole numbers among the attributes, or null.</summary>
    public long[]? Wholes(string name) => Find(name) is { } found ? [.. found.Ints] : null;

    /// <summary>An attribute, or null.</summary>
    public AttributeProto? Find(string name) => Node.Attribute.FirstOrDefault(a => a.Name == name);

    /// <summary>Whole numbers that older files have as an attribute and newer ones as an input; null where there are none.</summary>
    public long[]? Wholes(string name, int place) =>
        Input(place) switch
        {
            null => Wholes(name),
            IReadOnlyList<object?> list when list.All(item => item is long) => [.. list.Cast<long>()],
            long whole => [whole],
            _ => throw Unusable(name),
        };

    /// <summary>A number that older files have as an attribute and newer ones as an input; null where there is none.</summary>
    public double? Bound(string name, int place) =>
        Input(place) switch
        {
            null => Find(name) is { HasF: true } found ? found.F : null,
            Cell { Node: null } cell when cell.Value.numel() == 1 => cell.Value.item<float>(),
            _ => throw Unusable(name),
        };

    /// <summary>That something about it is not understood.</summary>
    public NotFreezableException Unusable(string what) => new($"the operator {Type} with another kind of {what}");
}
