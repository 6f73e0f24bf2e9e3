using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// Digests of everything that determines a vote. Votes are stored under this key, so cells of different sweeps that would
/// draw the same votes share them, and a changed ingredient never meets the votes of the old one. Neither n, alpha, the
/// certificate nor the selection of images is part of it: they choose which votes are drawn, not what they are. But where the
/// votes themselves say when an image has enough, their number tells of them, and a bound for n draws would be none for those that
/// a plan of n draws found there: anytime plans have votes of their own.
/// </summary>
public static class VoteKeys
{
    /// <summary>Raised whenever the same inputs may give other votes than before; 2: fused convolutions round differently.</summary>
    private const string Scheme = "rsmooth-votes-2";
    private const string NoNoise = "none";

    /// <summary>The key of a cell's votes.</summary>
    /// <param name="dataset">Digest of the whole split in canonical form.</param>
    /// <param name="model">Key of the base classifier.</param>
    /// <param name="noise">Noise family name; plays no part at sigma 0.</param>
    /// <param name="sigma">Per-coordinate standard deviation.</param>
    /// <param name="seed">Root of the noise keys.</param>
    /// <param name="sampler">How the noise is made.</param>
    /// <param name="precision">Precision of the forward pass.</param>
    /// <param name="batchRows">Rows of the canonical batch; null where the runner fixes them by architecture.</param>
    /// <param name="anytime">Whether the votes decide how many are drawn.</param>
    public static ContentHash Compute(
        ContentHash dataset,
        ContentHash model,
        string noise,
        double sigma,
        ulong seed,
        SamplerKind sampler,
        Precision precision,
        int? batchRows,
        bool anytime = false
    )
    {
        var lines = new List<string>
        {
            Scheme,
            $"dataset={dataset.Hex}",
            $"model={model.Hex}",
            $"noise={(sigma == 0 ? NoNoise : noise)}",
            string.Create(CultureInfo.InvariantCulture, $"sigma={sigma:R}"),
            string.Create(CultureInfo.InvariantCulture, $"seed={seed}"),
            $"sampler={sampler switch { SamplerKind.Exact => "exact", _ => "device" }}",
            $"precision={precision switch { Precision.Float32 => "float32", _ => "bfloat16" }}",
            $"batch={batchRows?.ToString(CultureInfo.InvariantCulture) ?? "auto"}",
        };
        if (anytime)
        {
            lines.Add("draws=anytime");
        }

        var text = string.Join('\n', lines);
        return new ContentHash(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
