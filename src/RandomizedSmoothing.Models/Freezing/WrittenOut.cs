using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// What exporters write out in small operators, put together again: GELU, ½ x (1 + erf(x/√2)), layer norm,
/// γ (x − mean)/√(variance + ε) + β, and linear layers, x W + b. One pass over memory instead of up to nine, and nothing rounded
/// between.
/// </summary>
internal sealed class WrittenOut
{
    private const double Tolerance = 1e-6;
    private readonly TracedOperator[] _operators;

    private WrittenOut(IReadOnlyList<TracedOperator> operators) => _operators = [.. operators];

    /// <summary>The operators with the last of each such group in place of all; what nobody reads any more stays in its place.</summary>
    public static IReadOnlyList<TracedOperator> Apply(IReadOnlyList<TracedOperator> operators)
    {
        var written = new WrittenOut(operators);
        for (var i = 0; i < written._operators.Length; i++)
        {
            var traced = written._operators[i];
            written._operators[i] = traced.Name switch
            {
                "mul" => written.Gelu(traced) ?? written.ScaledNorm(traced) ?? traced,
                "add" => written.ShiftedNorm(traced) ?? written.Linear(traced) ?? traced,
                _ => traced,
            };
        }

        return written._operators;
    }

    private TracedOperator? Gelu(TracedOperator product)
    {
        var factors = Factors(product).ToList();
        var constant = factors.Select(Constant).Aggregate(1.0, (a, b) => a * (b ?? 1));
        var results = factors.OfType<NodeResult>().ToList();
        if (factors.Count != 3 || results.Count != 2 || !IsNear(constant, 0.5))
        {
            return null;
        }

        return IsGate(results[0], results[1]) ? Of(results[1])
            : IsGate(results[1], results[0]) ? Of(results[0])
            : null;

        TracedOperator Of(NodeResult x) => product with { Name = "gelu", Operands = [new Operand(null, x)] };
    }

    // 1 + erf(x/√2)
    private bool IsGate(NodeResult gate, NodeResult x) =>
        WithConstant(gate, "add") is ({ } error, var one)
        && IsNear(one, 1)
        && Find(error, "erf") is { Operands: [{ Value: NodeResult scaled }] }
        && (
            (WithConstant(scaled, "div") is ({ } divided, var root) && divided == x && IsNear(root, Math.Sqrt(2)))
            || (
                WithConstant(scaled, "mul") is ({ } multiplied, var share)
                && multiplied == x
                && IsNear(share, Math.Sqrt(0.5))
            )
        );

    // γ (x − mean)/√(variance + ε), where γ says what is normalised.
    private TracedOperator? ScaledNorm(TracedOperator product) =>
        WithVector(product) is var (quotient, gamma)
        && Find(quotient, "div") is { Operands: [{ Value: NodeResult centred }, { Value: NodeResult deviation }] }
        && Find(deviation, "sqrt") is { Operands: [{ Value: NodeResult padded }] }
        && WithConstant(padded, "add") is ({ } variance, var epsilon)
        && MeanOf(variance) is { } square
        && Find(square, "square") is { Operands: [{ Value: NodeResult squared }] }
        && squared == centred
        && Find(centred, "sub") is { Operands: [{ Value: NodeResult x }, { Value: NodeResult mean }] }
        && MeanOf(mean) == x
        && gamma.shape[0] == _operators[x.Node].Shape[^1]
            ? product with
            {
                Name = "layer_norm",
                Operands =
                [
                    new Operand(null, x),
                    new Operand(null, new List<object?> { gamma.shape[0] }),
                    new Operand(null, gamma),
                    new Operand(null, null),
                    new Operand(null, epsilon),
                ],
            }
            : null;

    private TracedOperator? ShiftedNorm(TracedOperator sum) =>
        WithVector(sum) is var (scaled, beta)
        && Find(scaled, "layer_norm")
            is { Operands: [var x, var shape, { Value: Tensor gamma } weight, { Value: null }, var epsilon] }
        && gamma.shape.SequenceEqual(beta.shape)
            ? sum with
            {
                Name = "layer_norm",
                Operands = [x, shape, weight, new Operand(null, beta), epsilon],
            }
            : null;

    private TracedOperator? Linear(TracedOperator sum) =>
        WithVector(sum) is var (product, bias)
        && Find(product, "matmul") is { Operands: [{ Value: NodeResult } x, { Value: Tensor weight }] }
        && weight.dim() == 2
        && weight.shape[1] == bias.shape[0]
            ? sum with
            {
                Name = "linear",
                Operands = [x, new Operand(null, weight.t()), new Operand(null, bias)],
            }
            : null;

    // The mean over the last axis, which stays as one of length 1.
    private NodeResult? MeanOf(NodeResult result) =>
        Find(result, "mean") is { } mean
        && new Operands(mean.Operands) is var o
        && mean.Operands[0].Value is NodeResult x
        && o.Truth(2, "keepdim", false)
        && o.Wholes(1, "dim", []) is [var axis]
        && (axis == -1 || axis == _operators[x.Node].Shape.Length - 1)
            ? x
            : null;

    // The factors of a product of products.
    private IEnumerable<object?> Factors(TracedOperator product) =>
        product.Operands.SelectMany(operand =>
            operand.Value is NodeResult result && Find(result, "mul") is { } inner
                ? inner.Operands.Select(o => o.Value)
                : [operand.Value]
        );

    private TracedOperator? Find(NodeResult result, string name) =>
        _operators[result.Node] is var found && found.Name == name ? found : null;

    // A result and a number.
    private (NodeResult Result, double Constant)? WithConstant(NodeResult result, string name) =>
        Find(result, name)?.Operands switch
        {
            [{ Value: NodeResult left }, { Value: var right }] when Constant(right) is { } number => (left, number),
            [{ Value: var left }, { Value: NodeResult right }] when name != "div" && Constant(left) is { } number => (
                right,
                number
            ),
            _ => null,
        };

    // A result and weights of one axis.
    private static (NodeResult Result, Tensor Vector)? WithVector(TracedOperator traced) =>
        traced.Operands switch
        {
            [{ Value: NodeResult left }, { Value: Tensor right }] when Fits(right) => (left, right),
            [{ Value: Tensor left }, { Value: NodeResult right }] when Fits(left) => (right, left),
            _ => null,
        };

    private static bool Fits(Tensor vector) => vector.dim() == 1 && vector.dtype == ScalarType.Float32;

    private static double? Constant(object? value) =>
        value switch
        {
            double number => number,
            long number => number,
            Tensor tensor when tensor.numel() == 1 && tensor.dtype == ScalarType.Float32 => tensor.item<float>(),
            _ => null,
        };

    private static bool IsNear(double value, double wanted) => Math.Abs(value - wanted) <= Tolerance * wanted;
}
