using System.Globalization;
using RandomizedSmoothing.Models.Freezing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>The weights and constants of a program, each loaded once. Lives in the dispose scope of whoever asks first.</summary>
internal sealed class ScriptValues(ScriptFile file)
{
    private readonly Dictionary<StoredTensor, Cell> _cells = new(ReferenceEqualityComparer.Instance);

    /// <summary>A part of a module; every module infers.</summary>
    public object? Part(ScriptObject owner, string name) =>
        name == "training" ? false
        : owner.Parts.TryGetValue(name, out var value) ? Value(value, isConstant: false)
        : throw new NotFreezableException($"the attribute '{name}'");

    /// <summary><c>CONSTANTS.c…</c></summary>
    public object? Constant(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < file.Constants.Count
            ? Value(file.Constants[i], isConstant: true)
            : throw new NotFreezableException($"the constant {number}");

    private object? Value(object? value, bool isConstant)
    {
        NotFreezableException.ThrowIfDeep();
        return value switch
        {
            StoredTensor stored => CellOf(stored, isConstant),
            List<object?> list => list.Select(item => Value(item, isConstant)).ToList(),
            _ => value,
        };
    }

    // Weights in other types than the images' are another matter: mixed precision is the program's own business.
    private Cell CellOf(StoredTensor stored, bool isConstant)
    {
        if (!_cells.TryGetValue(stored, out var cell))
        {
            var tensor = file.Load(stored, isConstant);
            if (tensor.dim() > 0 && tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64)
            {
                throw new NotFreezableException($"weights in {tensor.dtype}");
            }

            cell = new Cell(null, tensor, new SharedMemory());
            _cells.Add(stored, cell);
        }

        return cell;
    }
}
