using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// The logs that a report is compared with: files, folders that are searched for them, and web addresses, fetched once into the
/// folder <c>published</c> of the results under the path of their address, from which their data set, model and sigma are read.
/// </summary>
public static class PublishedLogs
{
    /// <summary>Folder within the results where logs of web addresses are kept.</summary>
    public const string FolderName = "published";

    private const long MostBytes = 64L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether a text is a web address rather than a path.</summary>
    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>Reads the certification logs of a report, in the order of the sweep file.</summary>
    /// <param name="report">The report.</param>
    /// <param name="directory">The results folder.</param>
    /// <param name="mayRead">Whether a path or address may be read; one that may not is named in a warning.</param>
    /// <param name="warnings">Takes a sentence for each log that cannot be read: it spoils nothing else.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<IReadOnlyList<CertificationLog>> ReadAsync(
        ReportSpec report,
        string directory,
        Predicate<string> mayRead,
        List<string> warnings,
        CancellationToken cancellation
    )
    {
        var logs = new List<CertificationLog>();
        foreach (var text in report.CompareWith)
        {
            if (!mayRead(text))
            {
                warnings.Add(
                    $"The published log '{text}' was not drawn: a control node opens no file and no address on the word of a "
                        + "submitted sweep, but for files below its submitted-files. 'rsmooth compare' sets the results beside it."
                );
                continue;
            }

            try
            {
                var path = IsAddress(text)
                    ? await FetchAsync(new Uri(text), directory, cancellation).ConfigureAwait(false)
                    : text;
                var found = RunCatalogue.Logs([path]).Where(log => log.Kind == LogKind.Certify).ToList();
                warnings.AddRange(
                    found.SelectMany(log => log.DamageInShort()).Select(d => $"Of a published log, {d}.")
                );
                logs.AddRange(found);
            }
            catch (UserErrorException error)
            {
                warnings.Add($"The published log was not drawn: {error.Message}");
            }
        }

        return logs;
    }

    private static async Task<string> FetchAsync(Uri address, string directory, CancellationToken cancellation)
    {
        var parts = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var names = parts.Prepend(address.Host).Select(Safe).ToArray();
        var target = Path.Combine([directory, FolderName, .. names]);
        if (File.Exists(target))
        {
            return target;
        }

        try
        {
            using var client = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MostBytes };
            var bytes = await client.GetByteArrayAsync(address, cancellation).ConfigureAwait(false);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var aside = target + ".part";
            await File.WriteAllBytesAsync(aside, bytes, cancellation).ConfigureAwait(false);
            File.Move(aside, target, overwrite: true);
            return target;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or UnauthorizedAccessException or TaskCanceledException
                && !cancellation.IsCancellationRequested
            )
        {
            throw new UserErrorException(
                $"'{address}' could not be fetched ({error.Message.TrimEnd('.')}). Fetch it by other means and give report.compareWith its path.",
                error
            );
        }
    }

    private static string Safe(string part)
    {
        var name = string.Concat(
            Uri.UnescapeDataString(part).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')
        );
        return name.Trim('.').Length == 0 ? "-" : name;
    }
}
