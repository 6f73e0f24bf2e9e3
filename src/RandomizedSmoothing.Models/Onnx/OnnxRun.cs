using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>Applies an ONNX graph to the images of a trace.</summary>
internal static class OnnxRun
{
    /// <summary>Applies it; the node whose result are the logits.</summary>
    /// <exception cref="NotFreezableException">It uses what is not understood here.</exception>
    public static int Record(OnnxFile file, OnnxValues weights, Trace trace)
    {
        if (file.Input.Type != TorchSharp.torch.ScalarType.Float32)
        {
            throw new NotFreezableException($"computing in {file.Input.Type}");
        }

        var known = weights.Weights.ToDictionary(w => w.Name, w => w.Tensor, StringComparer.Ordinal);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [file.Input.Name] = trace.Images };
        object? ValueOf(string name) =>
            name.Length == 0 ? null
            : values.TryGetValue(name, out var value) ? value
            : known.TryGetValue(name, out var weight) ? weights.Of(weight)
            : throw new NotFreezableException($"the name '{name}'");

        foreach (var node in file.Graph.Node)
        {
            if (node.Domain is not ("" or "ai.onnx"))
            {
                throw new NotFreezableException($"the operator {node.OpType} of {node.Domain}");
            }

            var results = OnnxOperators.Apply(
                new OnnxNode(node, [.. node.Input.Select(ValueOf)], (int)file.Opset, file.Input.FixedRows, weights),
                trace
            );

            // What else it may give is missed only where it is used.
            for (var i = 0; i < Math.Min(results.Count, node.Output.Count); i++)
            {
                values[node.Output[i]] = results[i];
            }
        }

        return ValueOf(file.Output.Name) is Cell { Node: { } logits }
            ? logits
            : throw new NotFreezableException("logits that do not depend on the images");
    }
}
