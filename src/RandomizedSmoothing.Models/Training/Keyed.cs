using RandomizedSmoothing.Core.Statistics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Training;

/// <summary>What training needs of chance, as pure functions of the seed: first weights and the order of the images.</summary>
internal static class Keyed
{
    private const uint Weights = 0x77676874;
    private const uint Order = 0x6f726472;

    /// <summary>
    /// Sets every parameter: weights uniform with the variance of He, Zhang, Ren, Sun 2015 (bound √(6 / fan-in); √(1 / fan-in)
    /// for the last layer), biases 0, scales of batch norm 1.
    /// </summary>
    public static void Initialize(Module<Tensor, Tensor> network, ulong seed)
    {
        using var _ = no_grad();
        var parameters = network.named_parameters().ToArray();
        var last = Array.FindLastIndex(parameters, p => p.parameter.dim() > 1);
        for (var index = 0; index < parameters.Length; index++)
        {
            var (name, parameter) = parameters[index];
            if (parameter.dim() > 1)
            {
                var fanIn = parameter.numel() / parameter.shape[0];
                Uniform(parameter, Math.Sqrt((index == last ? 1.0 : 6.0) / fanIn), (uint)index, seed);
            }
            else
            {
                using var value = (name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0).ToScalar();
                parameter.fill_(value);
            }
        }
    }

    /// <summary>A permutation of 0 … count − 1 for an epoch.</summary>
    public static int[] Permutation(int count, int epoch, ulong seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var last = count - 1; last > 0; last--)
        {
            var (a, b, _, _) = Philox.Block((uint)last, (uint)epoch, Order, 0, seed);
            var random = ((ulong)a << 32) | b;
            var other = (int)Math.BigMul(random, (ulong)last + 1, out var _low);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }

    private static void Uniform(Parameter parameter, double bound, uint index, ulong seed)
    {
        var values = new float[parameter.numel()];
        for (var i = 0; i < values.Length; i += 4)
        {
            var (a, b, c, d) = Philox.Block((uint)(i / 4), index, Weights, 0, seed);
            ReadOnlySpan<uint> words = [a, b, c, d];
            for (var j = 0; j < 4 && i + j < values.Length; j++)
            {
                values[i + j] = (float)(bound * ((words[j] + 0.5) / 2147483648.0 - 1));
            }
        }

        using var source = tensor(values, parameter.shape);
        parameter.copy_(source);
    }
}
