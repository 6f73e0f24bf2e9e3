using System.Globalization;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>
/// Programs drawn from a seed: convolutions, norms, sums, views and operators in place, put together without any plan, so that
/// results are read again after they were added to, and names share memory.
/// </summary>
internal static class RandomProgram
{
    private const int Channels = 4;

    /// <summary>Writes a program for 4×6×6 images and ten classes.</summary>
    public static void Write(string path, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
#pragma warning disable RS0030 // Seeded
        var random = new Random(seed);
#pragma warning restore RS0030
        var program = new ScriptProgram();
        var lines = new List<string>();
        var names = new List<string> { "x" };
        string Weight(params long[] shape) => $"self.{program.Add(randn(shape, generator: generator) * 0.3f)}";
        string Any() => names[random.Next(names.Count)];
        string Recent() => names[^Math.Min(names.Count, 1 + random.Next(2))];
        string Channel() => Weight(Channels);

        for (var i = 0; i < 14; i++)
        {
            var (a, b) = (Recent(), Any());
            var value = random.Next(16) switch
            {
                0 or 1 or 2 => $"torch.conv2d({a}, {Weight(Channels, Channels, 3, 3)}, {Channel()}, [1, 1], [1, 1])",
                3 => $"torch.conv2d({a}, {Weight(Channels, 2, 1, 1)}, None, [1, 1], [0, 0], [1, 1], 2)",
                4 =>
                    $"torch._convolution({a}, {Weight(Channels, Channels, 3, 3)}, None, [1, 1], [2, 2], [2, 2], False, [0, 0], 1, False, False, True, True)",
                5 or 6 =>
                    $"torch.batch_norm({a}, {Channel()}, {Channel()}, {Channel()}, torch.add(torch.abs({Channel()}), 0.5), False, 0.1, 1e-05, True)",
                7 => $"torch.relu({a})",
                8 or 9 => $"torch.add({a}, {b})",
                10 => $"torch.add({a}, {b}, alpha=0.5)",
                11 => $"torch.relu_(torch.conv2d({a}, {Weight(Channels, Channels, 1, 1)}, None))",
                12 => $"torch.add_(torch.conv2d({a}, {Weight(Channels, Channels, 1, 1)}, None), {b})",
                13 => $"torch.mul({a}, torch.sigmoid({b}))",
                14 => $"torch.slice(torch.cat([{a}, {b}], 1), 1, 2, 6, 1)",
                // A program that changes the images themselves is refused before it comes to this.
                _ when a == "x" => "torch.mul(x, 2)",
                _ => $"torch.view({a}, [torch.size({a}, 0), 4, 6, 6])",
            };
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"v{i} = {value}"));
            names.Add($"v{i}");
            if (random.Next(4) == 0)
            {
                lines.Add($"_{i} = torch.{(random.Next(2) == 0 ? "relu_" : "sigmoid_")}(v{i})");
                if (random.Next(2) == 0)
                {
                    names.Add($"_{i}");
                }
            }
        }

        lines.Add($"p = torch.mean(torch.add({names[^1]}, {Any()}), [2, 3])");
        lines.Add($"return torch.linear(p, {Weight(10, Channels)}, {Weight(10)})");
        program.Write(path, string.Join('\n', lines));
    }
}
