using System.Globalization;
using Parquet;
using Parquet.Schema;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>
/// Every vote as Parquet: the columns of <see cref="VotesCsv"/> and <c>seconds</c>, one row group per cell.
/// </summary>
public static class VotesParquet
{
    /// <summary>Writes the votes of some cells.</summary>
    public static async Task WriteAsync(
        Stream stream,
        IReadOnlyList<CellVotes> cells,
        CancellationToken cancellation = default
    )
    {
        var schema = Schema(cells.Select(c => c.Dataset.Classes).DefaultIfEmpty(0).Max());
        await using var writer = await ParquetWriter
            .CreateAsync(schema, stream, cancellationToken: cancellation)
            .ConfigureAwait(false);
        foreach (var cell in cells)
        {
            using var group = writer.CreateRowGroup();
            await WriteCellAsync(group, schema.DataFields, cell, cancellation).ConfigureAwait(false);
            group.CompleteValidate();
        }
    }

    /// <summary>Reads the rows of a file written by <see cref="WriteAsync"/>.</summary>
    /// <exception cref="UserErrorException">The file is damaged or holds something else.</exception>
    internal static async Task<List<VoteRow>> ReadAsync(string path, CancellationToken cancellation = default)
    {
        try
        {
            await using var reader = await ParquetReader
                .CreateAsync(path, cancellationToken: cancellation)
                .ConfigureAwait(false);
            var rows = new List<VoteRow>();
            for (var at = 0; at < reader.RowGroupCount; at++)
            {
                using var group = reader.OpenRowGroupReader(at);
                await ReadCellAsync(group, reader.Schema.DataFields, rows, cancellation).ConfigureAwait(false);
            }

            return rows;
        }
        catch (Exception error) when (error is not (OperationCanceledException or FileNotFoundException))
        {
            throw new UserErrorException(
                $"'{path}' cannot be read as a vote file: {error.Message} Write the results again; the votes are in the ledger.",
                error
            );
        }
    }

    private static ParquetSchema Schema(int classes)
    {
        var fields = new List<Field>
        {
            new DataField<string>("cell", nullable: false),
            new DataField<int>("image"),
            new DataField<int>("label"),
            new DataField<string>("stream", nullable: false),
            new DataField<long>("draws"),
            new DataField<double>("seconds"),
        };
        for (var label = 0; label < classes; label++)
        {
            fields.Add(new DataField<long?>("c" + label.ToString(CultureInfo.InvariantCulture)));
        }

        return new ParquetSchema(fields);
    }

    private static async Task WriteCellAsync(
        ParquetRowGroupWriter group,
        DataField[] fields,
        CellVotes cell,
        CancellationToken cancellation
    )
    {
        var rows = cell
            .Images.SelectMany(image =>
                new[]
                {
                    new VoteRow("", image.ImageIndex, image.Label, DrawStream.Selection, image.Selection, 0),
                    new VoteRow(
                        "",
                        image.ImageIndex,
                        image.Label,
                        DrawStream.Estimation,
                        image.Estimation,
                        image.Seconds
                    ),
                }
            )
            .ToList();
        var cellNames = Enumerable.Repeat(cell.Cell.Id.Value, rows.Count).ToArray();
        var streams = rows.Select(r => VotesCsv.StreamNames[(int)r.Stream]).ToArray();
        await group.WriteAsync(fields[0], cellNames).ConfigureAwait(false);
        await Column(1, r => r.Image).ConfigureAwait(false);
        await Column(2, r => r.Label).ConfigureAwait(false);
        await group.WriteAsync(fields[3], streams).ConfigureAwait(false);
        await Column(4, r => r.Counts.Total).ConfigureAwait(false);
        await Column(5, r => r.Seconds).ConfigureAwait(false);
        for (var label = 0; label < fields.Length - 6; label++)
        {
            var counts = rows.Select(r => label < r.Counts.Classes ? r.Counts[label] : (long?)null).ToArray();
            await group
                .WriteAsync<long>(fields[6 + label], counts.AsMemory(), cancellationToken: cancellation)
                .ConfigureAwait(false);
        }

        Task Column<T>(int field, Func<VoteRow, T> value)
            where T : struct =>
            group.WriteAsync<T>(
                fields[field],
                rows.Select(value).ToArray().AsMemory(),
                cancellationToken: cancellation
            );
    }

    private static async Task ReadCellAsync(
        ParquetRowGroupReader group,
        DataField[] fields,
        List<VoteRow> rows,
        CancellationToken cancellation
    )
    {
        var count = checked((int)group.RowCount);
        var cells = new string?[count];
        var images = new int[count];
        var labels = new int[count];
        var streams = new string?[count];
        var seconds = new double[count];
        await group.ReadAsync(Field("cell"), cells.AsMemory(), cancellationToken: cancellation).ConfigureAwait(false);
        await group
            .ReadAsync<int>(Field("image"), images.AsMemory(), cancellationToken: cancellation)
            .ConfigureAwait(false);
        await group
            .ReadAsync<int>(Field("label"), labels.AsMemory(), cancellationToken: cancellation)
            .ConfigureAwait(false);
        await group
            .ReadAsync(Field("stream"), streams.AsMemory(), cancellationToken: cancellation)
            .ConfigureAwait(false);
        await group
            .ReadAsync<double>(Field("seconds"), seconds.AsMemory(), cancellationToken: cancellation)
            .ConfigureAwait(false);
        var columns = new List<long?[]>();
        foreach (var field in fields.Where(f => f.Name.StartsWith('c') && char.IsAsciiDigit(f.Name[^1])))
        {
            var column = new long?[count];
            await group
                .ReadAsync<long>(field, column.AsMemory(), cancellationToken: cancellation)
                .ConfigureAwait(false);
            columns.Add(column);
        }

        for (var row = 0; row < count; row++)
        {
            var counts = columns.Select(c => c[row]).TakeWhile(c => c is not null).Select(c => c!.Value).ToArray();
            var stream = (DrawStream)Array.IndexOf(VotesCsv.StreamNames, streams[row]);
            rows.Add(
                new VoteRow(cells[row] ?? "", images[row], labels[row], stream, new VoteCounts(counts), seconds[row])
            );
        }

        DataField Field(string name) =>
            fields.FirstOrDefault(f => f.Name == name) ?? throw new InvalidDataException($"It has no column '{name}'.");
    }
}
