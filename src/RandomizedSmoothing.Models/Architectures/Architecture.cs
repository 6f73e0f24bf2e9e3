using RandomizedSmoothing.Core.Sweeps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Architectures;

/// <summary>A kind of network that sweep files can name, for any number of classes and the image shapes it accepts.</summary>
public sealed record Architecture
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people, with the source.</summary>
    public required string Summary { get; init; }

    /// <summary>Rows of the canonical batch on a CPU: part of what determines a vote, so it never changes.</summary>
    public required int BatchRows { get; init; }

    /// <summary>Why the network cannot take images of a shape; null where it can.</summary>
    public Func<ImageShape, string?> Misfit { get; init; } = _ => null;

    /// <summary>Architectures of the same purpose whose tensors an imported file may hold instead.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>Parts of tensor names that other published code writes differently: theirs, ours.</summary>
    public IReadOnlyList<(string Theirs, string Ours)> Synonyms { get; init; } = [];

    /// <summary>
    /// Builds the network for a shape and a number of classes, on the CPU with arbitrary weights. It takes N × C × H × W floats,
    /// normalised, and returns N × classes logits. Parameter names are those of the published PyTorch code.
    /// </summary>
    public required Func<ImageShape, int, Module<Tensor, Tensor>> Build { get; init; }
}
