using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>An operand of a call, by place or by name.</summary>
internal readonly record struct Operand(string? Name, object? Value);

/// <summary>What an operator is applied to: tensors, numbers and lists of both, by place or by name.</summary>
internal readonly struct Operands(IReadOnlyList<Operand> operands)
{
    private readonly IReadOnlyList<Operand> _operands = operands;

    /// <summary>A tensor that must be there.</summary>
    public Tensor Tensor(int place, string name = "") =>
        Find(place, name) as Tensor ?? throw Unusable(name.Length > 0 ? name : $"operand {place}");

    /// <summary>A tensor or None.</summary>
    public Tensor? Optional(int place, string name) =>
        Find(place, name) switch
        {
            null => null,
            Tensor tensor => tensor,
            _ => throw Unusable(name),
        };

    /// <summary>Whether there is a tensor at a place.</summary>
    public bool IsTensor(int place) => place < _operands.Count && _operands[place].Value is Tensor;

    /// <summary>Whether the operand at a place is given by a name.</summary>
    public bool IsNamed(int place, string name) => place < _operands.Count && _operands[place].Name == name;

    /// <summary>Whether there is nothing at a place.</summary>
    public bool IsNone(int place) => place >= _operands.Count || _operands[place].Value is null;

    /// <summary>A whole number.</summary>
    public long Whole(int place, string name, long? otherwise = null) =>
        Find(place, name) switch
        {
            long value => value,
            null when otherwise is { } value => value,
            _ => throw Unusable(name),
        };

    /// <summary>A number.</summary>
    public double Number(int place, string name, double? otherwise = null) =>
        Find(place, name) switch
        {
            long value => value,
            double value => value,
            null when otherwise is { } value => value,
            _ => throw Unusable(name),
        };

    /// <summary>A number or None.</summary>
    public double? Bound(int place, string name) => Find(place, name) is null ? null : Number(place, name);

    /// <summary>A truth value.</summary>
    public bool Truth(int place, string name, bool otherwise) =>
        Find(place, name) switch
        {
            bool value => value,
            null => otherwise,
            _ => throw Unusable(name),
        };

    /// <summary>A string, or what stands for none.</summary>
    public string Text(int place, string name, string otherwise) =>
        Find(place, name) switch
        {
            string value => value,
            null => otherwise,
            _ => throw Unusable(name),
        };

    /// <summary>Whole numbers, factors among them that are written as 2.0; one alone counts as a list of it.</summary>
    public long[] Wholes(int place, string name, long[]? otherwise = null) =>
        Find(place, name) switch
        {
            long value => [value],
            IReadOnlyList<object?> { Count: 0 } when otherwise is not null => otherwise,
            IReadOnlyList<object?> list when list.All(item => item is long) => [.. list.Cast<long>()],
            IReadOnlyList<object?> list when list.All(item => item is double real && real == (int)real) =>
            [
                .. list.Select(item => (long)(double)item!),
            ],
            null when otherwise is not null => otherwise,
            _ => throw Unusable(name),
        };

    /// <summary>Tensors.</summary>
    public IReadOnlyList<Tensor> Tensors(int place) =>
        Find(place, "") is IReadOnlyList<object?> list && list.All(item => item is Tensor)
            ? [.. list.Cast<Tensor>()]
            : throw Unusable("tensors");

    private object? Find(int place, string name)
    {
        if (place < _operands.Count && _operands[place].Name is null)
        {
            return _operands[place].Value;
        }

        foreach (var operand in _operands)
        {
            if (operand.Name == name && name.Length > 0)
            {
                return operand.Value;
            }
        }

        return null;
    }

    private static NotFreezableException Unusable(string name) => new($"an operator with another kind of {name}");
}
