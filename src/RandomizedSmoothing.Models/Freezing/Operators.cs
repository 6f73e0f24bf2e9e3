using RandomizedSmoothing.Models.Inference;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>An operator of libtorch as programs name it.</summary>
/// <param name="Apply">Computes it. May return a view of its operands.</param>
/// <param name="IsView">Whether the result may share memory with the first operand.</param>
internal sealed record Operator(Func<Operands, Tensor> Apply, bool IsView = false);

/// <summary>
/// The operators that frozen programs may be made of: all that classifiers of images use between their layers, none of which draws
/// random numbers or looks at more than its operands. A program with another one computes itself.
/// </summary>
internal static class Operators
{
    private static readonly Dictionary<string, Operator> Known = new(StringComparer.Ordinal);

    static Operators()
    {
        AddLayers();
        AddActivations();
        AddArithmetic();
        AddPooling();
        AddShapes();
    }

    /// <summary>An operator by the name that follows <c>torch.</c>, or null.</summary>
    public static Operator? Find(string name) => Known.GetValueOrDefault(name);

    private static void AddLayers()
    {
        Add("conv2d", o => Convolve(o, o.Whole(6, "groups", 1)));
        Add("batch_norm", Norms.Batch);
        Add("linear", o => functional.linear(o.Tensor(0), o.Tensor(1), o.Optional(2, "bias")));
        Add("addmm", AddMatrixProduct);
        Add("matmul", o => o.Tensor(0).matmul(o.Tensor(1)));
        Add("mm", o => o.Tensor(0).matmul(o.Tensor(1)));
        Add("bmm", o => o.Tensor(0).matmul(o.Tensor(1)));
        Add("baddbmm", AddMatrixProduct);
        Add("einsum", o => einsum(o.Text(0, "equation", ""), [.. o.Tensors(1)]));
        Add("_weight_norm", Reductions.WeightNorm);
        Add("scaled_dot_product_attention", Attend);
        Add("layer_norm", Norms.Layer);
        Add("group_norm", Norms.Group);
        Add("instance_norm", Norms.Instance);
    }

    private static void AddActivations()
    {
        Add("relu", o => o.Tensor(0).relu());
        Add("relu6", o => o.Tensor(0).relu6());
        Add("hardtanh", o => o.Tensor(0).Within(o.Number(1, "min_val", -1), o.Number(2, "max_val", 1)));
        Add("clamp", o => Clamp(o.Tensor(0), o.Bound(1, "min"), o.Bound(2, "max")));
        Add("clamp_min", o => Clamp(o.Tensor(0), o.Number(1, "min"), null));
        Add("clamp_max", o => Clamp(o.Tensor(0), null, o.Number(1, "max")));
        Add("leaky_relu", o => functional.leaky_relu(o.Tensor(0), o.Number(1, "negative_slope", 0.01)));
        Add(
            "elu",
            o =>
                o.Number(2, "scale", 1) == 1 && o.Number(3, "input_scale", 1) == 1
                    ? functional.elu(o.Tensor(0), o.Number(1, "alpha", 1))
                    : throw Unknown("elu")
        );
        Add("celu", o => functional.celu(o.Tensor(0), o.Number(1, "alpha", 1)));
        Add("glu", o => functional.glu(o.Tensor(0), o.Whole(1, "dim", -1)));
        Add("gelu", o => functional.gelu(o.Tensor(0), Gelu(o.Text(1, "approximate", "none"))));
        Add("silu", o => o.Tensor(0).silu());
        Add("mish", o => functional.mish(o.Tensor(0)));
        Add("selu", o => functional.selu(o.Tensor(0)));
        Add("softplus", o => functional.softplus(o.Tensor(0), o.Number(1, "beta", 1), o.Number(2, "threshold", 20)));
        Add("hardswish", o => o.Tensor(0).hardswish());
        Add("hardsigmoid", o => functional.hardsigmoid(o.Tensor(0)));
        Add("sigmoid", o => o.Tensor(0).sigmoid());
        Add("tanh", o => o.Tensor(0).tanh());
        Add("prelu", o => functional.prelu(o.Tensor(0), o.Tensor(1)));
        Add("softmax", o => Single(o, 2, o.Tensor(0).softmax(o.Whole(1, "dim"))));
        Add("log_softmax", o => Single(o, 2, o.Tensor(0).log_softmax(o.Whole(1, "dim"))));
    }

    private static void AddArithmetic()
    {
        Add("add", o => Sum(o, 1));
        Add("sub", o => Sum(o, -1));
        Add("rsub", o => Sum(o.Tensor(0).neg(), o, 1));
        Add("mul", o => o.IsTensor(1) ? o.Tensor(0).mul(o.Tensor(1)) : o.Tensor(0).Times(o.Number(1, "other")));
        Add(
            "div",
            o =>
                o.Text(2, "rounding_mode", "") != "" ? throw Unknown("div with rounding")
                : o.IsTensor(1) ? o.Tensor(0).div(o.Tensor(1))
                : o.Tensor(0).Over(o.Number(1, "other"))
        );
        Add("neg", o => o.Tensor(0).neg());
        Add("abs", o => o.Tensor(0).abs());
        Add("erf", o => o.Tensor(0).erf());
        Add("maximum", o => o.Tensor(0).maximum(o.Tensor(1)));
        Add("minimum", o => o.Tensor(0).minimum(o.Tensor(1)));
        Add("exp", o => o.Tensor(0).exp());
        Add("log", o => o.Tensor(0).log());
        Add("sqrt", o => o.Tensor(0).sqrt());
        Add("rsqrt", o => o.Tensor(0).rsqrt());
        Add("sin", o => o.Tensor(0).sin());
        Add("cos", o => o.Tensor(0).cos());
        Add("reciprocal", o => o.Tensor(0).reciprocal());
        Add("square", o => o.Tensor(0).mul(o.Tensor(0)));
        Add("pow", o => o.Number(1, "exponent") == 2 ? o.Tensor(0).mul(o.Tensor(0)) : throw Unknown("pow"));
    }

    private static void AddPooling()
    {
        Add(
            "max_pool2d",
            o =>
                functional.max_pool2d(
                    o.Tensor(0),
                    o.Wholes(1, "kernel_size"),
                    o.Wholes(2, "stride", o.Wholes(1, "kernel_size")),
                    o.Wholes(3, "padding", [0]),
                    o.Wholes(4, "dilation", [1]),
                    o.Truth(5, "ceil_mode", false)
                )
        );
        Add(
            "avg_pool2d",
            o =>
                functional.avg_pool2d(
                    o.Tensor(0),
                    o.Wholes(1, "kernel_size"),
                    o.Wholes(2, "stride", o.Wholes(1, "kernel_size")),
                    o.Wholes(3, "padding", [0]),
                    o.Truth(4, "ceil_mode", false),
                    o.Truth(5, "count_include_pad", true),
                    o.Bound(6, "divisor_override") is null ? null : o.Whole(6, "divisor_override")
                )
        );
        Add("adaptive_max_pool2d", o => functional.adaptive_max_pool2d(o.Tensor(0), o.Wholes(1, "output_size")));
        Add("adaptive_avg_pool2d", o => functional.adaptive_avg_pool2d(o.Tensor(0), o.Wholes(1, "output_size")));
        Add("upsample_nearest2d", Resizing.Nearest);
        Add("upsample_bilinear2d", o => Resizing.Smooth(o, InterpolationMode.Bilinear));
        Add("upsample_bicubic2d", o => Resizing.Smooth(o, InterpolationMode.Bicubic));
        Add("mean", o => Single(o, 3, o.Tensor(0).mean(Reductions.Axes(o, 1), o.Truth(2, "keepdim", false))));
        Add("sum", o => Single(o, 3, o.Tensor(0).sum(Reductions.Axes(o, 1), o.Truth(2, "keepdim", false))));
        Add("var", Reductions.Variance);
        Add("std", Reductions.Deviation);
        Add("norm", Reductions.Norm);
        Add("linalg_vector_norm", Reductions.Norm);
        Add("frobenius_norm", Reductions.Frobenius);
        Add("amax", o => o.Tensor(0).amax(o.Wholes(1, "dim"), o.Truth(2, "keepdim", false)));
        Add("amin", o => o.Tensor(0).amin(o.Wholes(1, "dim"), o.Truth(2, "keepdim", false)));
    }

    // A view of a feature map in libtorch's order of memory is a copy of one whose channels lie last: reshape does either.
    private static void AddShapes()
    {
        Add("flatten", o => o.Tensor(0).flatten(o.Whole(1, "start_dim", 0), o.Whole(2, "end_dim", -1)), isView: true);
        Add("view", o => o.Tensor(0).reshape(o.Wholes(1, "size")), isView: true);
        Add("reshape", o => o.Tensor(0).reshape(o.Wholes(1, "shape")), isView: true);
        Add("unflatten", o => Unflatten(o.Tensor(0), o.Whole(1, "dim"), o.Wholes(2, "sizes")), isView: true);
        Add(
            "narrow",
            o => o.Tensor(0).narrow(o.Whole(1, "dim"), o.Whole(2, "start"), o.Whole(3, "length")),
            isView: true
        );
        Add("permute", o => o.Tensor(0).permute(o.Wholes(1, "dims")), isView: true);
        Add("transpose", o => o.Tensor(0).transpose(o.Whole(1, "dim0"), o.Whole(2, "dim1")), isView: true);
        Add("t", o => o.Tensor(0).t(), isView: true);
        Add("unsqueeze", o => o.Tensor(0).unsqueeze(o.Whole(1, "dim")), isView: true);
        Add("squeeze", o => o.Tensor(0).squeeze(o.Whole(1, "dim")), isView: true);
        Add("select", o => o.Tensor(0).select(o.Whole(1, "dim"), o.Whole(2, "index")), isView: true);
        Add("slice", Slice, isView: true);
        Add("expand", o => o.Tensor(0).expand(o.Wholes(1, "size")), isView: true);
        Add("clone", o => o.Tensor(0).clone());
        Add("flip", o => o.Tensor(0).flip(o.Wholes(1, "dims")));
        Add("roll", o => o.Tensor(0).roll(o.Wholes(1, "shifts"), o.Wholes(2, "dims")));
        Add("pixel_shuffle", o => functional.pixel_shuffle(o.Tensor(0), o.Whole(1, "upscale_factor")));
        Add("pixel_unshuffle", o => functional.pixel_unshuffle(o.Tensor(0), o.Whole(1, "downscale_factor")));
        Add("repeat", o => o.Tensor(0).repeat(o.Wholes(1, "repeats")));
        Add("expand_as", o => o.Tensor(0).expand_as(o.Tensor(1)), isView: true);
        Add("cat", o => cat([.. o.Tensors(0)], o.Whole(1, "dim", 0)));
        Add("concat", o => cat([.. o.Tensors(0)], o.Whole(1, "dim", 0)));
        Add("stack", o => stack([.. o.Tensors(0)], o.Whole(1, "dim", 0)));
        Add("pad", o => Pad(o, o.Text(2, "mode", "constant"), o.Number(3, "value", 0)));
        Add("constant_pad_nd", o => Pad(o, "constant", o.Number(2, "value", 0)));
    }

    private static Tensor Convolve(Operands o, long groups)
    {
        if (o.Tensor(1).dim() != 4 || o.Tensor(0).dim() != 4)
        {
            throw Unknown("convolution in another number of dimensions");
        }

        return functional.conv2d(
            o.Tensor(0),
            o.Tensor(1),
            o.Optional(2, "bias"),
            Pair(o, 3, "stride", 1),
            Pair(o, 4, "padding", 0),
            Pair(o, 5, "dilation", 1),
            groups
        );
    }

    internal static long[] Pair(Operands o, int place, string name, long otherwise) =>
        o.Wholes(place, name, [otherwise]) switch
        {
            [var both] => [both, both],
            [var first, var second] => [first, second],
            _ => throw Unknown(name),
        };

    private static Tensor AddMatrixProduct(Operands o) =>
        o.Number(3, "beta", 1) == 1 && o.Number(4, "alpha", 1) == 1
            ? o.Tensor(1).matmul(o.Tensor(2)).Plus(o.Tensor(0))
            : throw Unknown("addmm");

    private static Tensor Attend(Operands o) =>
        o.Optional(3, "attn_mask") is not null
        || o.Number(4, "dropout_p", 0) != 0
        || o.Truth(5, "is_causal", false)
        || o.Bound(6, "scale") is not null
        || o.Truth(7, "enable_gqa", false)
            ? throw Unknown("masked or scaled attention")
            : functional.scaled_dot_product_attention(o.Tensor(0), o.Tensor(1), o.Tensor(2));

    private static Tensor Sum(Operands o, double sign) => Sum(o.Tensor(0), o, sign);

    private static Tensor Sum(Tensor left, Operands o, double sign)
    {
        var factor = sign * o.Number(2, "alpha", 1);
        if (!o.IsTensor(1))
        {
            return left.Plus(factor * o.Number(1, "other"));
        }

        var right = o.Tensor(1);
        return factor switch
        {
            1 => left.Plus(right),
            -1 => left.sub(right),
            _ => left.Plus(right.Times(factor)),
        };
    }

    private static Tensor Clamp(Tensor tensor, double? least, double? most) =>
        (least, most) switch
        {
            ({ } low, { } high) => tensor.Within(low, high),
            ({ } low, null) => tensor.AtLeast(low),
            (null, { } high) => tensor.neg().AtLeast(-high).neg_(),
            _ => throw Unknown("clamp"),
        };

    private static Tensor Unflatten(Tensor tensor, long dim, long[] sizes)
    {
        var axis = (int)(dim < 0 ? dim + tensor.dim() : dim);
        return tensor.reshape([.. tensor.shape[..axis], .. sizes, .. tensor.shape[(axis + 1)..]]);
    }

    private static Tensor Slice(Operands o)
    {
        var tensor = o.Tensor(0);
        var dim = o.Whole(1, "dim", 0);
        var length = tensor.shape[dim < 0 ? dim + tensor.dim() : dim];
        return tensor.slice(
            dim,
            o.Whole(2, "start", 0),
            Math.Min(o.Whole(3, "end", length), length),
            o.Whole(4, "step", 1)
        );
    }

    private static Tensor Pad(Operands o, string mode, double value) =>
        functional.pad(
            o.Tensor(0),
            o.Wholes(1, "pad"),
            mode switch
            {
                "constant" => PaddingModes.Constant,
                "reflect" => PaddingModes.Reflect,
                "replicate" => PaddingModes.Replicate,
                "circular" => PaddingModes.Circular,
                _ => throw Unknown($"padding '{mode}'"),
            },
            value
        );

    private static TorchSharp.Modules.GELU.Approximate Gelu(string name) =>
        name switch
        {
            "none" => TorchSharp.Modules.GELU.Approximate.none,
            "tanh" => TorchSharp.Modules.GELU.Approximate.tanh,
            _ => throw Unknown($"gelu '{name}'"),
        };

    // An operator that is told to compute in a type of its own.
    private static Tensor Single(Operands o, int place, Tensor result) =>
        o.Bound(place, "dtype") is null ? result : throw Unknown("reduction in another type");

    private static void Add(string name, Func<Operands, Tensor> apply, bool isView = false) =>
        Known.Add(name, new Operator(apply, isView));

    private static NotFreezableException Unknown(string what) => new($"a {what}");
}
