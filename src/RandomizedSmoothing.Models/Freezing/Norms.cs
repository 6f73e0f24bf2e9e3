using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Normalisations, with the operands of their namesakes in <c>torch</c>; none looks at more than one image.</summary>
internal static class Norms
{
    private const double Momentum = 0.1;

    /// <summary><c>batch_norm</c> with statistics that were learnt.</summary>
    /// <exception cref="NotFreezableException">It would take those of the batch.</exception>
    public static Tensor Batch(Operands o) =>
        o.Truth(5, "training", true) || o.Optional(3, "running_mean") is null || o.Optional(4, "running_var") is null
            ? throw new NotFreezableException("a batch norm in training mode")
            : functional.batch_norm(
                o.Tensor(0),
                o.Tensor(3),
                o.Tensor(4),
                o.Optional(1, "weight"),
                o.Optional(2, "bias"),
                false,
                Momentum,
                o.Number(7, "eps")
            );

    /// <summary><c>instance_norm</c> with the statistics of each image and channel.</summary>
    /// <exception cref="NotFreezableException">It would take learnt ones: that is a batch norm.</exception>
    public static Tensor Instance(Operands o) =>
        o.Truth(5, "use_input_stats", true)
            ? functional.instance_norm(
                o.Tensor(0),
                null,
                null,
                o.Optional(1, "weight"),
                o.Optional(2, "bias"),
                true,
                Momentum,
                o.Number(7, "eps", 1e-5)
            )
            : throw new NotFreezableException("an instance norm with learnt statistics");

    /// <summary><c>layer_norm</c>.</summary>
    public static Tensor Layer(Operands o) =>
        functional.layer_norm(
            o.Tensor(0),
            o.Wholes(1, "normalized_shape"),
            o.Optional(2, "weight"),
            o.Optional(3, "bias"),
            o.Number(4, "eps", 1e-5)
        );

    /// <summary><c>group_norm</c>.</summary>
    public static Tensor Group(Operands o) =>
        functional.group_norm(
            o.Tensor(0),
            o.Whole(1, "num_groups"),
            o.Optional(2, "weight"),
            o.Optional(3, "bias"),
            o.Number(4, "eps", 1e-5)
        );
}
