using System.Security.Cryptography;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>Reads a results folder back: the sweep from its manifest, the votes from its vote file.</summary>
public static class ResultsReader
{
    /// <summary>The sweep and its votes, checked against the digests of the manifest.</summary>
    /// <exception cref="UserErrorException">No results folder, or a damaged or altered one; the message names the file.</exception>
    public static async Task<SweepResults> ReadAsync(string directory, CancellationToken cancellation = default)
    {
        var manifest = ReadManifest(directory);
        var rows = await ReadVotesAsync(directory, manifest, cancellation).ConfigureAwait(false);
        var byCell = rows.ToLookup(r => r.Cell, StringComparer.Ordinal);
        var references = new Dictionary<string, DatasetReference>(StringComparer.Ordinal);
        var votes = new List<CellVotes>();
        foreach (var cell in manifest.Cells)
        {
            var images = Images(directory, cell, [.. byCell[cell.Definition.Id.Value]]);
            var described =
                manifest.Datasets.FirstOrDefault(d => cell.Definition.IsOf(d.Name, d.Hash))
                ?? throw Damaged(directory, $"cell '{cell.Definition.Id}' names a data set that the manifest lacks");
            if (!references.TryGetValue(described.Name, out var dataset))
            {
                dataset = described.ToReference([.. images.Select(i => i.Label)]);
                references.Add(dataset.Name, dataset);
            }

            votes.Add(new CellVotes(cell.Definition, dataset, images));
        }

        return new SweepResults
        {
            Sweep = manifest.ToSweep([.. references.Values]),
            Votes = votes,
            State = manifest.State,
            Warnings = manifest.Warnings,
            Environment = manifest.Environment,
        };
    }

    /// <summary>The manifest alone.</summary>
    /// <exception cref="UserErrorException">There is none, or it cannot be read.</exception>
    public static ResultsManifest ReadManifest(string directory)
    {
        var path = Path.Combine(directory, ResultsFolder.ManifestName);
        try
        {
            using var stream = File.OpenRead(path);
            var manifest =
                JsonSerializer.Deserialize<ResultsManifest>(stream, ResultsJson.Options)
                ?? throw new JsonException("The file holds nothing.");
            return manifest.Format == ResultsManifest.FormatName
                ? manifest
                : throw new UserErrorException(
                    $"'{path}' is written in the form '{manifest.Format}', and this program reads '{ResultsManifest.FormatName}'. Use the version of the program that wrote it, named in the manifest."
                );
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(
                $"'{directory}' is no results folder: it has no {ResultsFolder.ManifestName}. Give the folder that 'rsmooth run' wrote.",
                error
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"'{path}' cannot be read: {error.Message.TrimEnd('.')}. Check its permissions.",
                error
            );
        }
        catch (JsonException error)
        {
            throw new UserErrorException(
                $"'{path}' cannot be read as a manifest: {error.Message.TrimEnd('.')}. It was altered, or is of another program: run the sweep again, which rewrites the folder from the ledger.",
                error
            );
        }
    }

    /// <summary>A manifest as JSON text.</summary>
    internal static string Format(ResultsManifest manifest) =>
        JsonSerializer.Serialize(manifest, ResultsJson.Options) + "\n";

    private static async Task<List<VoteRow>> ReadVotesAsync(
        string directory,
        ResultsManifest manifest,
        CancellationToken cancellation
    )
    {
        var parquet = Path.Combine(directory, ResultsFolder.ParquetName);
        var csv = Path.Combine(directory, ResultsFolder.CsvName);
        if (File.Exists(parquet))
        {
            await CheckAsync(parquet, ResultsFolder.ParquetName, manifest, cancellation).ConfigureAwait(false);
            return await VotesParquet.ReadAsync(parquet, cancellation).ConfigureAwait(false);
        }

        if (File.Exists(csv))
        {
            await CheckAsync(csv, ResultsFolder.CsvName, manifest, cancellation).ConfigureAwait(false);
            using var reader = new StreamReader(csv);
            return [.. VotesCsv.Read(reader, csv)];
        }

        throw new UserErrorException(
            $"'{directory}' holds a manifest but no votes: neither {ResultsFolder.ParquetName} nor {ResultsFolder.CsvName} is there. Write the results again with 'rsmooth run'."
        );
    }

    // A digest that differs means that a file was altered, or that writing was interrupted between two files.
    private static async Task CheckAsync(
        string path,
        string name,
        ResultsManifest manifest,
        CancellationToken cancellation
    )
    {
        if (manifest.Files.FirstOrDefault(f => f.Name == name) is not { } listed)
        {
            return;
        }

        await using var stream = File.OpenRead(path);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        if (digest != listed.Sha256.Hex)
        {
            throw new UserErrorException(
                $"'{path}' is not the file that the manifest describes: its SHA-256 begins {digest[..12]}, the manifest says {listed.Sha256.Short}. It was altered, or writing was interrupted: run the sweep again, which rewrites the folder from the ledger."
            );
        }
    }

    private static List<ImageVotes> Images(string directory, ManifestCell cell, List<VoteRow> rows)
    {
        var images = new List<ImageVotes>(rows.Count / 2);
        for (var at = 0; at + 1 < rows.Count; at += 2)
        {
            var (selection, estimation) = (rows[at], rows[at + 1]);
            if (
                selection.Stream != DrawStream.Selection
                || estimation.Stream != DrawStream.Estimation
                || selection.Image != estimation.Image
            )
            {
                break;
            }

            images.Add(
                new ImageVotes(
                    selection.Image,
                    selection.Label,
                    selection.Counts,
                    estimation.Counts,
                    selection.Seconds + estimation.Seconds
                )
            );
        }

        return images.Count == cell.Images && rows.Count == 2 * cell.Images
            ? images
            : throw Damaged(
                directory,
                $"the votes of cell '{cell.Definition.Id}' should be {cell.Images} images with a selection and an estimation row each"
            );
    }

    private static UserErrorException Damaged(string directory, string what) =>
        new(
            $"The results in '{directory}' are damaged: {what}. Run the sweep again, which rewrites them from the ledger."
        );
}
