using System.Globalization;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// Reads a Markov kernel from CSV: line x holds the probabilities of moving from point x to points 0, 1, …; entries are
/// <c>0.25</c>, <c>1e-3</c> or <c>1/3</c>, read without rounding; blank lines and lines starting with <c>#</c> are skipped.
/// </summary>
public static class KernelFile
{
    /// <summary>
    /// Rows printed from doubles miss one by a rounding error. Up to this distance the row is divided by its sum;
    /// beyond it the row is refused.
    /// </summary>
    public static readonly ExactFraction RowSumTolerance = new(1, 1_000_000_000_000);

    /// <param name="reader">The text, read to its end.</param>
    /// <param name="source">The name of the file, for messages.</param>
    /// <exception cref="UserErrorException">
    /// The matrix is empty or not square, or an entry is no number, negative, or a row does not sum to one; the message
    /// names the line.
    /// </exception>
    public static SmoothingKernel Read(TextReader reader, string source)
    {
        var rows = new List<(int Line, ExactFraction[] Entries)>();
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                rows.Add((number, ParseRow(text, source, number)));
            }
        }

        if (rows.Count == 0)
        {
            throw new UserErrorException(
                $"{source} holds no kernel. Write one line per point, with the probabilities of moving to every point separated by commas."
            );
        }

        foreach (var (line, entries) in rows)
        {
            if (entries.Length != rows.Count)
            {
                throw new UserErrorException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{source}, line {line}: {entries.Length} entries, but the file has {rows.Count} rows. A kernel is square: give every row one entry per point."
                    )
                );
            }
        }

        return new SmoothingKernel(
            source,
            rows.Select(r => KernelRow.FromProbabilities(r.Entries.Select((p, z) => (z, p))))
        );
    }

    private static ExactFraction[] ParseRow(string text, string source, int line)
    {
        var cells = text.Split(',');
        var entries = new ExactFraction[cells.Length];
        var sum = ExactFraction.Zero;
        for (var z = 0; z < cells.Length; z++)
        {
            if (!ExactFraction.TryParse(cells[z], out entries[z]) || entries[z] < ExactFraction.Zero)
            {
                throw new UserErrorException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{source}, line {line}, entry {z + 1}: '{cells[z].Trim()}' is not a non-negative number. Write probabilities as 0.25, 1e-3 or 1/3."
                    )
                );
            }

            sum += entries[z];
        }

        var gap = sum - ExactFraction.One;
        if (gap > RowSumTolerance || ExactFraction.Zero - gap > RowSumTolerance)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source}, line {line}: the entries sum to {sum.ToDouble():R}, but a row of a kernel sums to 1. Fractions such as 1/3 are read exactly."
                )
            );
        }

        return entries;
    }
}
