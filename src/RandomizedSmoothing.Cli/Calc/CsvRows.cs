using System.Runtime.CompilerServices;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>One data row: its line in the file and the wanted cells, in the order asked for.</summary>
internal readonly record struct CsvRow(int Line, string[] Cells);

/// <summary>
/// Reads number columns of a CSV file row by row, whatever its size: a header names the columns, in any order and among others;
/// empty lines are skipped.
/// </summary>
internal sealed class CsvRows(string path, params string[] columns)
{
    /// <summary>
    /// Writes a header and one line for every row. Nothing is written before the file has proved to have the columns.
    /// </summary>
    public async Task WriteAsync(
        TextWriter writer,
        string header,
        Func<CsvRow, string> line,
        CancellationToken cancellation
    )
    {
        await using var rows = ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        var more = await rows.MoveNextAsync();
        await writer.WriteLineAsync(header.AsMemory(), cancellation);
        while (more)
        {
            await writer.WriteLineAsync(line(rows.Current).AsMemory(), cancellation);
            more = await rows.MoveNextAsync();
        }
    }

    /// <summary>The rows in order.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, lacks a column, or has a row with too few cells.</exception>
    private async IAsyncEnumerable<CsvRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = Open();
        var places = Places(await LineAsync(reader, cancellation));
        var last = places.Max();
        var number = 1;
        while (await LineAsync(reader, cancellation) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var cells = Split(line);
            if (cells.Length <= last)
            {
                throw new UserErrorException(
                    $"{path}:{number} has {cells.Length} cells where the header names {last + 1} or more: '{line}'. Mend or remove the line."
                );
            }

            yield return new CsvRow(number, [.. places.Select(place => cells[place])]);
        }
    }

    /// <summary>The error of a cell that breaks its rule.</summary>
    public UserErrorException Refuse(CsvRow row, int column, string rule) =>
        new($"{path}:{row.Line}: {columns[column]} is '{row.Cells[column]}', but it must be {rule}.");

    private StreamReader Open()
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException(
                $"The input file {path} cannot be read: {error.Message} Give the path of a CSV file with the columns {string.Join(",", columns)}.",
                error
            );
        }
    }

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (IOException error)
        {
            throw new UserErrorException($"The input file {path} cannot be read to its end: {error.Message}", error);
        }
    }

    private int[] Places(string? header)
    {
        var names = Split(header ?? "").Select(name => name.TrimStart('\uFEFF')).ToArray();
        return
        [
            .. columns.Select(column =>
            {
                var place = Array.FindIndex(names, name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
                return place >= 0
                    ? place
                    : throw new UserErrorException(
                        $"{path} has no column '{column}': its first line is '{header}', and it must name the columns {string.Join(",", columns)}."
                    );
            }),
        ];
    }

    private static string[] Split(string line) => [.. line.Split(',').Select(cell => cell.Trim().Trim('"'))];
}
