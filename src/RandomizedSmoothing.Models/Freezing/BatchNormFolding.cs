using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Folds batch norms into the convolutions and linear layers before them, whose only readers they are.</summary>
internal static class BatchNormFolding
{
    /// <summary>The operators with weights w γ/√(v + ε) and biases β + (b − μ) γ/√(v + ε); what nobody reads stays in its place.</summary>
    public static IReadOnlyList<TracedOperator> Apply(IReadOnlyList<TracedOperator> operators)
    {
        var uses = GraphUses.Of(operators);
        var folded = operators.ToArray();
        for (var i = 0; i < folded.Length; i++)
        {
            if (
                folded[i] is { Name: "batch_norm" } norm
                && norm.Operands[0].Value is NodeResult { Node: var before }
                && uses.SoleReader(before) == i
                && Layer(folded[before]) is { } layer
            )
            {
                folded[i] = Fold(layer, norm);
            }
        }

        return folded;
    }

    // A convolution, or a linear layer on rows, with constant weights: input, weight, bias and the rest.
    private static TracedOperator? Layer(TracedOperator layer)
    {
        var isLayer = layer switch
        {
            { Name: "conv2d" } => true,
            { Name: "linear", Shape.Length: 2 } => true,
            _ => false,
        };
        return
            isLayer
            && layer.Operands is [{ Value: NodeResult }, { Value: Tensor, Name: null }, ..]
            && layer.Operands.ElementAtOrDefault(2).Value is null or Tensor
            ? layer
            : null;
    }

    /// <summary>γ/√(v + ε) and β − μ γ/√(v + ε), per channel, of a batch norm that infers.</summary>
    public static (Tensor Scale, Tensor Shift) ScaleAndShift(TracedOperator norm) => ScaleAndShift(norm, null);

    private static (Tensor Scale, Tensor Shift) ScaleAndShift(TracedOperator norm, Tensor? before)
    {
        var o = new Operands(norm.Operands);
        var deviation = o.Tensor(4).Plus(o.Number(7, "eps")).sqrt();
        var scale = o.Optional(1, "weight") is { } gamma ? gamma.div(deviation) : deviation.reciprocal();
        var shift = (before is null ? o.Tensor(3).neg() : before.sub(o.Tensor(3))).mul(scale);
        return (scale, o.Optional(2, "bias") is { } beta ? shift.Plus(beta) : shift);
    }

    private static TracedOperator Fold(TracedOperator layer, TracedOperator norm)
    {
        var weight = (Tensor)layer.Operands[1].Value!;
        var (scale, shift) = ScaleAndShift(norm, layer.Operands.ElementAtOrDefault(2).Value as Tensor);
        var shape = new long[weight.dim()];
        Array.Fill(shape, 1);
        shape[0] = -1;
        return layer with
        {
            Shape = norm.Shape,
            Operands =
            [
                layer.Operands[0],
                new Operand(null, weight.mul(scale.reshape(shape))),
                new Operand(null, shift),
                .. layer.Operands.Skip(3),
            ],
        };
    }
}
