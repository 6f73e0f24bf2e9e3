using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>One imported log.</summary>
/// <param name="Source">The file it was read from.</param>
/// <param name="Sha256">Digest of that file.</param>
/// <param name="Certificates">The log in canonical form, within the folder.</param>
/// <param name="Specification">What is known of the run.</param>
/// <param name="RadiusDigits">To how many digits its radii were printed.</param>
/// <param name="Rows">Rows read.</param>
/// <param name="Warnings">What the reader and the audit noticed.</param>
public sealed record ImportedLog(
    string Source,
    ContentHash Sha256,
    string Certificates,
    LogSpecification Specification,
    RadiusDigits RadiusDigits,
    int Rows,
    IReadOnlyList<string> Warnings
);

/// <summary>
/// A folder of imported logs: each in the canonical form of <see cref="CohenTsv"/>, with <c>import.json</c> saying where it came
/// from and what it describes, so that tables and comparisons need not guess again.
/// </summary>
public static class ImportFolder
{
    /// <summary>Name of the index.</summary>
    public const string IndexName = "import.json";

    /// <summary>Whether a folder is one.</summary>
    public static bool IsOne(string directory) => File.Exists(Path.Combine(directory, IndexName));

    /// <summary>Writes logs in canonical form, aside first. What the audit found out completes what the path says.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public static async Task<IReadOnlyList<ImportedLog>> WriteAsync(
        string directory,
        IReadOnlyList<CertificationLog> logs,
        CancellationToken cancellation = default
    )
    {
        var audits = LogAudit.Of(logs);
        var entries = new List<ImportedLog>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using var folder = StagedFolder.Open(directory);
        foreach (var (log, audit) in logs.Zip(audits))
        {
            cancellation.ThrowIfCancellationRequested();
            var specification = log.Specification with
            {
                Sigma = log.Specification.Sigma ?? audit.Sigma,
                Draws = log.Specification.Draws ?? audit.N,
                Alpha = log.Specification.Alpha ?? audit.Alpha,
            };
            var name = Unique(FileName(specification, log), names);
            await folder
                .WriteAsync(
                    name,
                    stream =>
                    {
                        CohenTsv.Write(stream, log.Rows, log.RadiusDigits.IsFixed ? 15 : log.RadiusDigits.Digits);
                        return Task.CompletedTask;
                    }
                )
                .ConfigureAwait(false);
            entries.Add(
                new ImportedLog(
                    log.Path,
                    Digest(log.Path),
                    name,
                    specification,
                    log.RadiusDigits,
                    log.Rows.Count,
                    audit.Warnings
                )
            );
        }

        await folder
            .WriteAsync(IndexName, JsonSerializer.Serialize(entries, ResultsJson.Options) + "\n")
            .ConfigureAwait(false);
        folder.Commit(IndexName);
        return entries;
    }

    /// <summary>Reads the logs of a folder with what is known of them.</summary>
    /// <exception cref="UserErrorException">The index or a log cannot be read.</exception>
    public static IReadOnlyList<CertificationLog> Read(string directory)
    {
        var index = Path.Combine(directory, IndexName);
        try
        {
            using var stream = File.OpenRead(index);
            var entries = JsonSerializer.Deserialize<List<ImportedLog>>(stream, ResultsJson.Options) ?? [];
            return
            [
                .. entries.Select(e =>
                    CohenTsv.Read(Path.Combine(directory, e.Certificates)) with
                    {
                        Known = e.Specification with { Noise = e.Specification.Noise ?? NoiseOf(e.Source) },
                        RadiusDigits = e.RadiusDigits,
                    }
                ),
            ];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"'{index}' cannot be read as an index of imported logs: {error.Message} Import the logs again.",
                error
            );
        }
    }

    // Earlier versions did not record that the noise of the published archive is Gaussian.
    private static string? NoiseOf(string source) => LogSpecification.FromPath(source).Noise;

    private static string FileName(LogSpecification specification, CertificationLog log)
    {
        if (specification is { Dataset: { } dataset, Model: { } model, Noise: { } noise, Sigma: { } sigma })
        {
            var train = specification.TrainSigma is { } trained ? "@" + Text(trained) : "";
            var split = specification.Split is null or "test" ? "" : "-" + specification.Split;
            return $"certificates/{Safe(dataset + split)}__{Safe(model)}{train}__{Safe(noise)}__{Text(sigma)}.tsv";
        }

        return $"certificates/{Safe(Path.GetFileNameWithoutExtension(log.Path))}.tsv";
    }

    private static string Unique(string name, HashSet<string> names)
    {
        var unique = name;
        for (var copy = 2; !names.Add(unique); copy++)
        {
            unique = $"{name[..^4]}~{Text(copy)}.tsv";
        }

        return unique;
    }

    private static ContentHash Digest(string path)
    {
        using var stream = File.OpenRead(path);
        return new ContentHash(Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string Safe(string text) =>
        new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' ? c : '-')]);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
