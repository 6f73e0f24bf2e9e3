using System.Globalization;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>One row of a vote file: the counts of one stream of one image.</summary>
internal readonly record struct VoteRow(
    string Cell,
    int Image,
    int Label,
    DrawStream Stream,
    VoteCounts Counts,
    double Seconds
);

/// <summary>
/// Every vote as comma-separated values, columns <c>cell,image,label,stream,draws,c0,…</c>: cells in grid order, images in
/// order, selection before estimation, an image without draws as zeros. The same votes give the same bytes: nothing in it
/// depends on when or where they were counted.
/// </summary>
public static class VotesCsv
{
    /// <summary>Names of the streams, by <see cref="DrawStream"/>.</summary>
    internal static readonly string[] StreamNames = ["selection", "estimation"];

    private const int FixedColumns = 5;

    /// <summary>Writes the votes of some cells; columns of classes that a cell's data set lacks are empty.</summary>
    public static void Write(Stream stream, IReadOnlyList<CellVotes> cells)
    {
        var classes = cells.Select(c => c.Dataset.Classes).DefaultIfEmpty(0).Max();
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true)
        {
            NewLine = "\n",
        };
        writer.Write("cell,image,label,stream,draws");
        for (var label = 0; label < classes; label++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $",c{label}"));
        }

        writer.Write('\n');
        foreach (var cell in cells)
        {
            var name = TableData.Quote(cell.Cell.Id.Value);
            foreach (var image in cell.Images)
            {
                WriteRow(writer, name, image, DrawStream.Selection, image.Selection, classes);
                WriteRow(writer, name, image, DrawStream.Estimation, image.Estimation, classes);
            }
        }
    }

    /// <summary>Reads the rows of a file written by <see cref="Write"/>.</summary>
    /// <exception cref="UserErrorException">The file is damaged; the message names the line.</exception>
    internal static IEnumerable<VoteRow> Read(TextReader reader, string path)
    {
        var header = reader.ReadLine()?.Split(',') ?? [];
        if (header.Length <= FixedColumns || header[0] != "cell" || header[4] != "draws")
        {
            throw new UserErrorException(
                $"'{path}' is no vote file: its first line should start 'cell,image,label,stream,draws,c0'."
            );
        }

        var number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            yield return Parse(line, header.Length, path, number);
        }
    }

    private static VoteRow Parse(string line, int columns, string path, int number)
    {
        var fields = Split(line);
        if (
            fields.Count == columns
            && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var image)
            && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var label)
            && Array.IndexOf(StreamNames, fields[3]) is >= 0 and var stream
            && long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var draws)
            && Counts(fields) is { } counts
            && counts.Total == draws
        )
        {
            return new VoteRow(fields[0], image, label, (DrawStream)stream, counts, 0);
        }

        throw new UserErrorException(
            $"'{path}' is damaged in line {number}: it should hold cell, image, label, stream, draws and one count per class that "
                + "add up to the draws. Write the results again, or read the folder's votes.parquet."
        );
    }

    private static VoteCounts? Counts(List<string> fields)
    {
        var counts = new List<long>(fields.Count);
        foreach (var field in fields.Skip(FixedColumns).TakeWhile(f => f.Length > 0))
        {
            if (!long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return null;
            }

            counts.Add(count);
        }

        return counts.Count == 0 ? null : new VoteCounts([.. counts]);
    }

    private static List<string> Split(string line)
    {
        if (!line.StartsWith('"'))
        {
            return [.. line.Split(',')];
        }

        // Only the first field, the cell, is ever quoted.
        var end = 1;
        while (end < line.Length && (line[end] != '"' || end + 1 < line.Length && line[end + 1] == '"'))
        {
            end += line[end] == '"' ? 2 : 1;
        }

        var cell = line[1..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal);
        var rest = end + 2 <= line.Length ? line[(end + 2)..] : "";
        return [cell, .. rest.Split(',')];
    }

    private static void WriteRow(
        StreamWriter writer,
        string cell,
        ImageVotes image,
        DrawStream stream,
        VoteCounts counts,
        int classes
    )
    {
        writer.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{cell},{image.ImageIndex},{image.Label},{StreamNames[(int)stream]},{counts.Total}"
            )
        );
        for (var label = 0; label < classes; label++)
        {
            writer.Write(',');
            if (label < counts.Classes)
            {
                writer.Write(counts[label]);
            }
        }

        writer.Write('\n');
    }
}
