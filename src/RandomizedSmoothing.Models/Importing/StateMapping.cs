using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// Puts the tensors of a safetensors file into a network: a prefix that all weights share (<c>module.</c>, <c>net.</c>, <c>1.</c>) is
/// dropped, the architecture's synonyms are translated, and mean and standard deviation of a normalisation inside the file are
/// taken as such. Whatever then remains missing, surplus or of another shape is an error that lists it.
/// </summary>
internal sealed class StateMapping
{
    private static readonly (string Mean, string Std)[] NormalizationNames =
    [
        ("normalize.mean", "normalize.std"),
        ("mean", "std"),
        ("m", "s"),
        ("mu", "sigma"),
        ("0.means", "0.sds"),
        ("0.mean", "0.std"),
        ("normalizer.mean", "normalizer.std"),
    ];

    private readonly SafetensorsFile _file;
    private readonly Architecture _architecture;
    private readonly HashSet<string> _normalization = [];

    public StateMapping(SafetensorsFile file, Architecture architecture)
    {
        (_file, _architecture) = (file, architecture);
        foreach (var (mean, std) in NormalizationNames)
        {
            if (
                Normalization is null
                && file.Entries.TryGetValue(mean, out var m)
                && file.Entries.TryGetValue(std, out var s)
                && IsPerChannel(m)
                && IsPerChannel(s)
            )
            {
                Normalization = new Normalization(Values(mean), Values(std));
                _normalization.UnionWith([mean, std]);
            }
        }
    }

    /// <summary>The normalisation inside the file, or null.</summary>
    public Normalization? Normalization { get; }

    /// <summary>The architecture, or the variant of it that fits best, with every tensor.</summary>
    /// <exception cref="UserErrorException">Names or shapes do not fit, or the architecture does not take the images.</exception>
    public Module<Tensor, Tensor> Build(ModelFit fit)
    {
        var networks = _architecture
            .Variants.Prepend(_architecture.Name)
            .Where(n => ArchitectureCatalogue.Get(n).Misfit(fit.Shape) is null)
            .Select(n => ArchitectureCatalogue.Build(n, fit.Shape, fit.Classes))
            .ToArray();
        if (networks.Length == 0)
        {
            ArchitectureCatalogue.Build(_architecture.Name, fit.Shape, fit.Classes);
        }

        var best = networks.MinBy(Distance)!;
        foreach (var other in networks.Where(n => n != best))
        {
            other.Dispose();
        }

        try
        {
            Load(best);
            return best;
        }
        catch
        {
            best.Dispose();
            throw;
        }
    }

    // How many tensors of the network the file lacks, or has in another shape, and how many it has too many.
    private int Distance(Module network) => Map(network).Problems.Count;

    private void Load(Module network)
    {
        var (pairs, problems) = Map(network);
        if (problems.Count > 0)
        {
            var shown =
                string.Join("; ", problems.Take(8)) + (problems.Count > 8 ? $"; and {problems.Count - 8} more" : "");
            throw new UserErrorException(
                $"The tensors of '{_file.Path}' do not fit the architecture {_architecture.Name}: {shown}. Name the architecture that the "
                    + "weights belong to, or export the model as TorchScript, which brings its own program."
            );
        }

        using var _ = no_grad();
        foreach (var (target, name) in pairs)
        {
            using var source = _file.ToTensor(name);
            target.copy_(source);
        }
    }

    private (List<(Tensor Target, string Name)> Pairs, List<string> Problems) Map(Module network)
    {
        var state = network.state_dict();
        var theirs = new Dictionary<string, string>(StringComparer.Ordinal);
        var weights = _file.Entries.Keys.Where(name => !_normalization.Contains(name)).ToArray();
        var prefix = SharedPrefix(weights, state.Keys);
        foreach (var name in weights)
        {
            theirs[Translate(name[prefix..])] = name;
        }

        var pairs = new List<(Tensor, string)>();
        var problems = new List<string>();
        foreach (var (name, target) in state.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (theirs.Remove(name, out var source))
            {
                var entry = _file.Entries[source];
                if (entry.Shape.SequenceEqual(target.shape))
                {
                    pairs.Add((target, source));
                }
                else
                {
                    problems.Add(
                        $"'{source}' has the shape {entry.ShapeText} where [{string.Join(", ", target.shape)}] is needed"
                    );
                }
            }
            else if (!name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                problems.Add($"'{name}' is missing");
            }
        }

        problems.AddRange(
            theirs
                .Values.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => $"'{name}' has no place")
        );
        return (pairs, problems);
    }

    private string Translate(string name) =>
        _architecture.Synonyms.Aggregate(
            name,
            (current, pair) => current.Replace(pair.Theirs, pair.Ours, StringComparison.Ordinal)
        );

    // The longest chain of leading name parts that all weights share and that the network's own names do not begin with.
    private static int SharedPrefix(string[] names, ICollection<string> own)
    {
        var prefix = 0;
        while (names.Length > 0)
        {
            var dot = names[0].IndexOf('.', prefix);
            if (dot < 0)
            {
                return prefix;
            }

            var candidate = names[0][..(dot + 1)];
            var part = candidate[prefix..];
            if (
                !names.All(n => n.StartsWith(candidate, StringComparison.Ordinal))
                || own.Any(n => n.StartsWith(part, StringComparison.Ordinal))
            )
            {
                return prefix;
            }

            prefix = dot + 1;
        }

        return prefix;
    }

    private static bool IsPerChannel(SafetensorsEntry entry) =>
        entry.Type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64
        && entry.Shape.Count(length => length != 1) <= 1
        && entry.Shape.All(l => l <= 64);

    private double[] Values(string name)
    {
        using var stored = _file.ToTensor(name);
        using var tensor = stored.to(ScalarType.Float32);
        return [.. tensor.data<float>().Select(v => (double)v)];
    }
}
