using System.Globalization;
using System.Text;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// The tab-separated certification log of Cohen, Rosenfeld, Kolter (2019), which the field's scripts read: one row per image,
/// radius by Python's <c>{:.3}</c>, time by <c>str(timedelta)</c>. The radius is rounded to nearest, as theirs is, so a
/// printed radius may exceed the certified one by half a unit of its last digit; curves are computed from the exact ones. An
/// image that the plan left out is predicted <see cref="LogRow.LeftOut"/>, which a count of abstentions (−1) passes over.
/// </summary>
public static class CohenTsv
{
    /// <summary>The header line, without its line end.</summary>
    public const string Header = "idx\tlabel\tpredict\tradius\tcorrect\ttime";

    /// <summary>Writes header and rows with <c>\n</c> line ends, UTF-8 without mark.</summary>
    public static void Write(Stream stream, IEnumerable<LogRow> rows, int digits = 3)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (var row in rows)
        {
            writer.WriteLine(Format(row, digits));
        }
    }

    /// <summary>One row without its line end.</summary>
    public static string Format(LogRow row, int digits = 3) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Index}\t{row.Label}\t{(row.NotEstimated ? LogRow.LeftOut : row.Predicted)}\t{PythonText.General(row.Radius, digits)}\t{(row.Correct ? 1 : 0)}\t{PythonText.TimeDelta(row.Time)}"
        );

    /// <summary>Reads a log in any of its dialects; see <see cref="CohenTsvReader"/>.</summary>
    /// <exception cref="Core.UserErrorException">No such file, or no log.</exception>
    public static CertificationLog Read(string path) => CohenTsvReader.Read(path);
}
