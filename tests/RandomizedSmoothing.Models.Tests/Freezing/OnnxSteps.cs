using RandomizedSmoothing.Models.Tests.Onnx;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>Pieces of ONNX graphs as exporters write them.</summary>
internal static class OnnxSteps
{
    /// <summary>A step that turns 4×6×6 features into others, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<OnnxBuilder, string, string>> All = new Dictionary<
        string,
        Func<OnnxBuilder, string, string>
    >
    {
        ["conv"] = (b, x) => b.Add("Relu", [b.Conv(x, Random(4, 4, 3, 3), Random(4), 1, 1)]),
        ["unequal borders"] = (b, x) =>
            b.Add("Conv", [x, b.Weights(Random(4, 4, 2, 2))], ("pads", new long[] { 1, 0, 0, 1 })),
        ["border that keeps the size"] = (b, x) =>
            b.Add(
                "Conv",
                [
                    b.Add("Conv", [x, b.Weights(Random(4, 4, 2, 3))], ("auto_pad", "SAME_UPPER")),
                    b.Weights(Random(4, 4, 4, 2)),
                ],
                ("auto_pad", "SAME_LOWER")
            ),
        ["border of a stride"] = (b, x) =>
            b.Add(
                "Add",
                [
                    x,
                    b.Add(
                        "GlobalAveragePool",
                        [
                            b.Add(
                                "Conv",
                                [x, b.Weights(Random(4, 4, 3, 3))],
                                ("auto_pad", "SAME_UPPER"),
                                ("strides", new long[] { 2, 4 })
                            ),
                        ]
                    ),
                ]
            ),
        ["channels picked"] = (b, x) => b.Add("Gather", [x, b.Integers(2, 0, 0, -1)], ("axis", 1L)),
        ["nearest neighbours"] = (b, x) =>
            b.Add(
                "AveragePool",
                [
                    b.Add(
                        "Resize",
                        [x, "", b.Weights(tensor(new float[] { 1, 1, 2, 3 }))],
                        ("mode", "nearest"),
                        ("nearest_mode", "floor"),
                        ("coordinate_transformation_mode", "asymmetric")
                    ),
                ],
                ("kernel_shape", new long[] { 2, 3 }),
                ("strides", new long[] { 2, 3 })
            ),
        ["smoothly enlarged"] = (b, x) =>
            b.Add(
                "MaxPool",
                [
                    b.Add(
                        "Resize",
                        [x, "", b.Weights(tensor(new float[] { 1, 1, 2, 2 }))],
                        ("mode", "linear"),
                        ("coordinate_transformation_mode", "pytorch_half_pixel")
                    ),
                ],
                ("kernel_shape", new long[] { 2, 2 }),
                ("strides", new long[] { 2, 2 })
            ),
        ["over its length"] = (b, x) =>
            b.Add(
                "Div",
                [x, b.Add("Add", [b.Add("ReduceL2", [x], ("axes", new long[] { 1, 2 })), b.Weights(tensor(0.5f))])]
            ),
        ["sums of products"] = (b, x) =>
            b.Add(
                "Einsum",
                [
                    b.Add(
                        "Softmax",
                        [b.Add("Einsum", [x, b.Add("Sin", [x])], ("equation", "bchw,bdhw->bcd"))],
                        ("axis", -1L)
                    ),
                    b.Add("Cos", [x]),
                ],
                ("equation", "bcd,bdhw->bchw")
            ),
        ["groups and dilation"] = (b, x) =>
            b.Add(
                "Conv",
                [x, b.Weights(Random(4, 2, 3, 3))],
                ("pads", new long[] { 2, 2, 2, 2 }),
                ("dilations", new long[] { 2, 2 }),
                ("group", 2L)
            ),
        ["norm after conv"] = (b, x) => Norm(b, b.Conv(x, Random(4, 4, 1, 1), null, 1, 0)),
        ["norm alone"] = (b, x) => b.Add("Relu", [Norm(b, x)]),
        ["residual"] = (b, x) => b.Add("Relu", [b.Add("Add", [Norm(b, b.Conv(x, Random(4, 4, 3, 3), null, 1, 1)), x])]),
        ["norm of each image"] = (b, x) =>
            b.Add("InstanceNormalization", [x, b.Weights(Random(4)), b.Weights(Random(4))], ("epsilon", 1e-3f)),
        ["max pool"] = (b, x) =>
            b.Add("MaxPool", [x], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
        ["average pool"] = (b, x) =>
            b.Add("AveragePool", [x], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
        ["average pool over borders"] = (b, x) =>
            b.Add(
                "AveragePool",
                [x],
                ("kernel_shape", new long[] { 3, 3 }),
                ("pads", new long[] { 1, 1, 1, 1 }),
                ("count_include_pad", 1L)
            ),
        ["squeeze and excite"] = (b, x) =>
            b.Add(
                "Mul",
                [x, b.Add("Sigmoid", [b.Conv(b.Add("GlobalAveragePool", [x]), Random(4, 4, 1, 1), null, 1, 0)])]
            ),
        ["global maximum"] = (b, x) => b.Add("Add", [x, b.Add("GlobalMaxPool", [x])]),
        ["leaky"] = (b, x) => b.Add("LeakyRelu", [x], ("alpha", 0.2f)),
        ["elu"] = (b, x) => b.Add("Elu", [x]),
        ["prelu"] = (b, x) => b.Add("PRelu", [x, b.Weights(Random(4, 1, 1))]),
        ["hard sigmoid"] = (b, x) => b.Add("HardSigmoid", [x]),
        ["hard swish"] = (b, x) => b.Add("HardSwish", [x]),
        ["clip"] = (b, x) => b.Add("Clip", [x, b.Weights(tensor(-0.5f)), b.Weights(tensor(0.75f))]),
        ["square root"] = (b, x) => b.Add("Sqrt", [b.Add("Abs", [x])]),
        ["softmax of channels"] = (b, x) => b.Add("Softmax", [x], ("axis", 1L)),
        ["concatenated and cut"] = (b, x) =>
            b.Add(
                "Slice",
                [
                    b.Add("Concat", [x, b.Add("Neg", [x])], ("axis", 1L)),
                    b.Integers(2),
                    b.Integers(6),
                    b.Integers(1),
                    b.Integers(1),
                ]
            ),
        ["every second, padded"] = (b, x) =>
            b.Add(
                "Pad",
                [
                    b.Add("Slice", [x, b.Integers(0), b.Integers(long.MaxValue), b.Integers(1), b.Integers(2)]),
                    b.Integers(0, 1, 0, 0, 0, 1, 0, 0),
                ]
            ),
        ["channels turned"] = (b, x) =>
            b.Add(
                "Transpose",
                [b.Add("Transpose", [x], ("perm", new long[] { 0, 2, 3, 1 }))],
                ("perm", new long[] { 0, 3, 2, 1 })
            ),
        ["shuffled"] = (b, x) =>
            b.Add(
                "Reshape",
                [
                    b.Add(
                        "Transpose",
                        [b.Add("Reshape", [x, b.Integers(0, 2, 2, 6, 6)])],
                        ("perm", new long[] { 0, 2, 1, 3, 4 })
                    ),
                    b.Integers(0, -1, 6, 6),
                ]
            ),
        ["shape taken apart"] = (b, x) =>
        {
            var rows = b.Add("Gather", [b.Add("Shape", [x]), b.Integers(0)], ("axis", 0L));
            return b.Add(
                "Reshape",
                [
                    b.Add("Reshape", [x, b.Add("Concat", [rows, b.Integers(-1)], ("axis", 0L))]),
                    b.Add("Concat", [rows, b.Integers(4, 6, 6)], ("axis", 0L)),
                ]
            );
        },
        ["mean of channels"] = (b, x) => b.Add("Sub", [x, b.Add("ReduceMean", [x], ("axes", new long[] { 1 }))]),
        ["error function"] = (b, x) => b.Add("Mul", [x, b.Add("Erf", [x])]),
        ["GELU written out"] = (b, x) => Gelu(b, x, x),
        ["GELU written out in another order"] = (b, x) =>
            b.Add(
                "Mul",
                [
                    b.Add("Mul", [b.Weights(tensor(0.5f)), x]),
                    b.Add(
                        "Add",
                        [
                            b.Weights(tensor(1f)),
                            b.Add("Erf", [b.Add("Mul", [x, b.Weights(tensor((float)Math.Sqrt(0.5)))])]),
                        ]
                    ),
                ]
            ),
        ["linear written out"] = (b, x) =>
            b.Add("Add", [b.Weights(Random(6)), b.Add("MatMul", [x, b.Weights(Random(6, 6))])]),
        ["layer norm written out"] = (b, x) => LayerNorm(b, x, x),
        ["nearly a GELU"] = (b, x) => Gelu(b, x, b.Add("Neg", [x])),
        ["nearly a layer norm"] = (b, x) => LayerNorm(b, x, b.Add("Neg", [x])),
        ["extremes"] = (b, x) =>
            b.Add(
                "Max",
                [
                    b.Add("Min", [x, b.Add("ReduceMax", [x], ("axes", new long[] { 1 }))]),
                    b.Add("ReduceMin", [x], ("axes", new long[] { 2, 3 })),
                ]
            ),
        ["one channel"] = (b, x) =>
            b.Add("Sub", [x, b.Add("Unsqueeze", [b.Add("Gather", [x, b.Integer(2)], ("axis", 1L)), b.Integers(1)])]),
        ["split"] = (b, x) =>
        {
            var parts = b.AddAll("Split", [x, b.Integers(1, 3)], 2, ("axis", 1L));
            return b.Add("Concat", [parts[1], parts[0]], ("axis", 1L));
        },
        ["token for every image"] = (b, x) =>
        {
            var rows = b.Add(
                "Unsqueeze",
                [b.Add("Gather", [b.Add("Shape", [x]), b.Integer(0)], ("axis", 0L)), b.Integers(0)]
            );
            var asked = b.Add("Concat", [rows, b.Integers(-1, -1, -1)], ("axis", 0L));
            var ones = b.Add("ConstantOfShape", [b.Add("Shape", [asked])], ("value", OnnxBuilder.Only(1)));
            var minus = b.Add("Mul", [ones, b.Integer(-1)]);
            var lengths = b.Add("Where", [b.Add("Equal", [asked, minus]), ones, asked]);
            var token = b.Add("Expand", [b.Weights(Random(1, 1, 6, 6)), lengths]);
            return b.Add(
                "Slice",
                [b.Add("Concat", [token, x], ("axis", 1L)), b.Integers(0), b.Integers(4), b.Integers(1)]
            );
        },
        ["dropout and identity"] = (b, x) => b.Add("Identity", [b.Add("Dropout", [x])]),
    };

    /// <summary>Weights.</summary>
    public static Tensor Random(params long[] shape) => randn(shape) * 0.4f;

    private static string Norm(OnnxBuilder b, string x) =>
        b.Add(
            "BatchNormalization",
            [x, b.Weights(Random(4)), b.Weights(Random(4)), b.Weights(Random(4)), b.Weights(Random(4).abs() + 0.5f)],
            ("epsilon", 1e-3f)
        );

    // ½ x (1 + erf(y/√2))
    private static string Gelu(OnnxBuilder b, string x, string y)
    {
        var error = b.Add("Erf", [b.Add("Div", [y, b.Weights(tensor((float)Math.Sqrt(2)))])]);
        var gate = b.Add("Add", [error, b.Weights(tensor(1f))]);
        return b.Add("Mul", [b.Add("Mul", [x, gate]), b.Weights(tensor(0.5f))]);
    }

    // γ (x − mean y)/√(variance + ε) + β, over the last axis.
    private static string LayerNorm(OnnxBuilder b, string x, string y)
    {
        string Mean(string of) => b.Add("ReduceMean", [of], ("axes", new long[] { -1 }));
        var centred = b.Add("Sub", [x, Mean(y)]);
        var variance = Mean(b.Add("Pow", [centred, b.Weights(tensor(2f))]));
        var deviation = b.Add("Sqrt", [b.Add("Add", [variance, b.Weights(tensor(1e-5f))])]);
        var scaled = b.Add("Mul", [b.Add("Div", [centred, deviation]), b.Weights(Random(6))]);
        return b.Add("Add", [scaled, b.Weights(Random(6))]);
    }
}
