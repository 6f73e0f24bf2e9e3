using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>
/// Whether a log has the rows it should have: told from its own indices, from the size of well-known splits, and from other logs
/// of the same data set and split.
/// </summary>
internal static class LogCompleteness
{
    private static readonly Dictionary<(string Dataset, string Split), int> KnownSizes = new()
    {
        [("cifar10", "test")] = 10_000,
        [("cifar10", "train")] = 50_000,
        [("cifar100", "test")] = 10_000,
        [("mnist", "test")] = 10_000,
        [("mnist", "train")] = 60_000,
        [("fashion-mnist", "test")] = 10_000,
        [("fashion-mnist", "train")] = 60_000,
        [("imagenet", "test")] = 50_000,
        [("imagenet", "val")] = 50_000,
        [("imagenet", "train")] = 1_281_167,
        [("svhn", "test")] = 26_032,
    };

    /// <summary>What is missing, in words; empty for a complete log.</summary>
    public static IReadOnlyList<string> Gaps(CertificationLog log, IReadOnlyList<CertificationLog> all)
    {
        var gaps = new List<string>();
        if (log.IsTruncated)
        {
            gaps.Add(log.Diagnoses.Count > 0 ? log.Diagnoses[^1].Text : "the file is cut off");
        }

        if (log.Rows.Count == 0)
        {
            return gaps;
        }

        var step = Step(log);
        var last = log.Rows.Max(r => r.Index);
        var inside = log.Rows.Count > 1 ? (last - log.Rows.Min(r => r.Index)) / step + 1 - log.Rows.Count : 0;
        if (inside > 0)
        {
            gaps.Add(
                $"{(inside == 1 ? "1 row is" : $"{inside} rows are")} missing between image {log.Rows.Min(r => r.Index)} and image {last} (step {step})"
            );
        }

        if (Sibling(log, step, all) is { } sibling)
        {
            gaps.Add(
                $"{log.Rows.Count} rows where '{sibling.Path}' of the same split has {sibling.Rows.Count}: it ends at image {last} instead of {sibling.Rows.Max(r => r.Index)}"
            );
        }
        else if (log.Rows.Count > 1 && Size(log) is { } size && last + step < size && IsRoundSelection(log, step, size))
        {
            var missing = (size - 1 - last) / step;
            gaps.Add(
                $"it ends at image {last}, but the split has {size} images: {missing} more rows were to be expected at step {step}"
            );
        }

        return gaps;
    }

    private static CertificationLog? Sibling(CertificationLog log, int step, IReadOnlyList<CertificationLog> all)
    {
        var specification = log.Specification;
        return all.Where(other => other.Rows.Count > log.Rows.Count && other.Path != log.Path)
            .Where(other => other.Specification.Dataset is { } dataset && dataset == specification.Dataset)
            .Where(other => (other.Specification.Split ?? "test") == (specification.Split ?? "test"))
            .Where(other => Step(other) == step && other.Rows[0].Index == log.Rows[0].Index)
            .MaxBy(other => other.Rows.Count);
    }

    // Logs of the first so many images are complete as they are: only a step suggests that the whole split was meant.
    private static bool IsRoundSelection(CertificationLog log, int step, int size) =>
        step > 1 && log.Rows.Count % 50 != 0 && log.Rows.Count < size / step;

    private static int? Size(CertificationLog log) =>
        log.Specification.Dataset is { } dataset
        && KnownSizes.TryGetValue((dataset.ToLowerInvariant(), log.Specification.Split ?? "test"), out var size)
            ? size
            : null;

    // The most common distance between neighbouring indices.
    private static int Step(CertificationLog log)
    {
        var indices = log.Rows.Select(r => r.Index).Order().ToList();
        return indices.Count < 2
            ? 1
            : Math.Max(1, indices.Zip(indices.Skip(1), (a, b) => b - a).GroupBy(d => d).MaxBy(g => g.Count())!.Key);
    }
}
