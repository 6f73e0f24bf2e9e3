using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

/// <summary>Reads the reference tables of tests/golden and compares doubles with their long decimals exactly.</summary>
internal static class Golden
{
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The rows of a table, each by column name.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot, "tests", "golden", file));
        var header = Split(lines[0]);
        var rows = new List<IReadOnlyDictionary<string, string>>();
        foreach (var line in lines.Skip(1).Where(l => l.Length > 0))
        {
            var fields = Split(line);
            rows.Add(header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second));
        }

        rows.ShouldNotBeEmpty();
        return rows;
    }

    public static double Double(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The sign of value − exact, without rounding either.</summary>
    public static int Compare(double value, string exact)
    {
        var (decimalDigits, exponent10) = ParseDecimal(exact);
        var (mantissa, exponent2) = Decompose(value);
        var left = mantissa;
        var right = decimalDigits;
        Scale(ref left, ref right, 2, exponent2);
        Scale(ref right, ref left, 10, exponent10);
        return left.CompareTo(right);
    }

    /// <summary>A double as mantissa × 2^exponent.</summary>
    public static (BigInteger Mantissa, int Exponent) Decompose(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0)
        {
            exponent = 1;
        }
        else
        {
            mantissa |= 1L << 52;
        }

        return (value < 0 ? -mantissa : mantissa, exponent - 1075);
    }

    private static void Scale(ref BigInteger numerator, ref BigInteger other, int radix, int exponent)
    {
        if (exponent >= 0)
        {
            numerator *= BigInteger.Pow(radix, exponent);
        }
        else
        {
            other *= BigInteger.Pow(radix, -exponent);
        }
    }

    private static (BigInteger Digits, int Exponent) ParseDecimal(string text)
    {
        var parts = text.ToLowerInvariant().Split('e');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= parts[0].Length - point - 1;
        }

        return (BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent);
    }

    private static string[] Split(string line)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RandomizedSmoothing.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
