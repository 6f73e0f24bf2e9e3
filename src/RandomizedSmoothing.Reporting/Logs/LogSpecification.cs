using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// What is known of the run behind a log. Logs carry no header of their own, so this is read from the path: the layout of the
/// published archive (<c>cifar10/resnet110/noise_0.25/test/sigma_0.50</c>, Gaussian noise) and the file names of this product
/// (<c>cifar10__resnet110@0.25__gaussian__0.5.tsv</c>). What the path does not say is null.
/// </summary>
public sealed partial record LogSpecification
{
    /// <summary>Data set.</summary>
    public string? Dataset { get; init; }

    /// <summary>Base classifier.</summary>
    public string? Model { get; init; }

    /// <summary>Standard deviation of the training noise.</summary>
    public double? TrainSigma { get; init; }

    /// <summary>Noise family.</summary>
    public string? Noise { get; init; }

    /// <summary>Norm of the radii: that of the noise family; null where it is not known.</summary>
    [JsonIgnore]
    public Norm? Norm => Noise is { } noise ? NoiseFamilies.Find(noise)?.DefaultNorm : null;

    /// <summary>Standard deviation of the smoothing noise, per coordinate in [0,1] pixel units.</summary>
    public double? Sigma { get; init; }

    /// <summary><c>test</c>, <c>train</c> or <c>val</c>.</summary>
    public string? Split { get; init; }

    /// <summary>Number of draws that the path itself states.</summary>
    public long? Draws { get; init; }

    /// <summary>Failure probability per image; no path states it.</summary>
    public double? Alpha { get; init; }

    /// <summary>Reads what a path says.</summary>
    public static LogSpecification FromPath(string path)
    {
        path = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var segments = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > 0 && FromFileName(segments[^1]) is { } own)
        {
            return own;
        }

        // Settings stand side by side at the end. Folders above them are the user's own, whatever their names look like.
        var end = Array.FindLastIndex(segments, IsSetting) + 1;
        var first = end;
        while (first > 0 && (IsSetting(segments[first - 1]) || IsSplit(segments[first - 1])))
        {
            first--;
        }

        while (end > 0 && end < segments.Length && IsSplit(segments[end]))
        {
            end++;
        }

        var found = segments[first..end].Aggregate(new LogSpecification(), Read);
        var isLayout =
            (found.TrainSigma ?? found.Sigma) is not null
            && first >= 2
            && segments[first..end].All(s => IsSplit(s) || PlainPattern().IsMatch(s))
            && !IsSetting(segments[first - 2]);
        return isLayout
            ? found with
            {
                Dataset = segments[first - 2],
                Model = segments[first - 1],
                Noise = found.TrainSigma is null ? null : "gaussian",
            }
            : found;
    }

    /// <summary>The parts that are known, for people: <c>cifar10 · resnet110 · trained at 0.25 · σ = 0.5</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Dataset is not null)
        {
            parts.Add(Dataset);
        }

        if (Model is not null)
        {
            parts.Add(Model);
        }

        if (TrainSigma is { } train)
        {
            parts.Add("trained at " + train.ToString(CultureInfo.InvariantCulture));
        }

        if (Noise is not null and not "gaussian")
        {
            parts.Add(Noise);
        }

        if (Sigma is { } sigma)
        {
            parts.Add("σ = " + sigma.ToString(CultureInfo.InvariantCulture));
        }

        if (Split is not null and not "test")
        {
            parts.Add(Split + " split");
        }

        return string.Join(" · ", parts);
    }

    // dataset__model@train__noise__sigma.tsv
    private static LogSpecification? FromFileName(string name)
    {
        var stem = name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
        var parts = stem.Split("__");
        if (parts.Length != 4 || !TryNumber(parts[3], out var sigma))
        {
            return null;
        }

        var at = parts[1].LastIndexOf('@');
        var trained = at > 0 && TryNumber(parts[1][(at + 1)..], out var train) ? train : (double?)null;
        return new LogSpecification
        {
            Dataset = parts[0],
            Model = trained is null ? parts[1] : parts[1][..at],
            TrainSigma = trained,
            Noise = parts[2],
            Sigma = sigma,
        };
    }

    private static LogSpecification Read(LogSpecification known, string segment) =>
        known with
        {
            TrainSigma = Value(TrainPattern(), segment) ?? known.TrainSigma,
            Sigma = Value(SigmaPattern(), segment) ?? known.Sigma,
            Draws = Value(DrawsPattern(), segment) is { } draws and >= 1 ? (long)draws : known.Draws,
            Split = IsSplit(segment) ? segment.ToLowerInvariant() : known.Split,
        };

    private static bool IsSetting(string segment) =>
        Read(new LogSpecification(), segment) is not { TrainSigma: null, Sigma: null, Draws: null };

    private static bool IsSplit(string segment) =>
        segment.ToLowerInvariant() is "test" or "train" or "val" or "validation";

    private static double? Value(Regex pattern, string segment)
    {
        var match = pattern.Match(segment);
        return match.Success && TryNumber(match.Groups[1].Value, out var value) ? value : null;
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value
        );

    [GeneratedRegex(@"(?:noise|train_?sigma|train)[_=\-](?:sigma[_=\-])?(\d*\.?\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex TrainPattern();

    [GeneratedRegex(@"(?<!(?:train|noise)[_=\-]?)sigma[_=\-]?(\d*\.?\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex SigmaPattern();

    // As the archive has them: nothing stands before the setting.
    [GeneratedRegex(@"^(?:noise|train|sigma|N[_=\-])", RegexOptions.IgnoreCase)]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"^N[_=\-](\d+)$")]
    private static partial Regex DrawsPattern();
}
