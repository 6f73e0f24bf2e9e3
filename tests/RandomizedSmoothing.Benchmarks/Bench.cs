using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Benchmarks.Rows;

namespace RandomizedSmoothing.Benchmarks;

/// <summary>The verb <c>bench</c>.</summary>
internal static class Bench
{
    /// <summary>Measures, prints each row as it is known, and writes the table.</summary>
    public static int Run(
        BenchOptions options,
        IReadOnlyList<string> only,
        string? output,
        IReadOnlyList<string> arguments,
        TimeProvider time
    )
    {
        var machine = Machine.Describe(options.Device);
        Console.WriteLine(machine);
        var rows = new List<Row>();
        var start = Stopwatch.GetTimestamp();
        foreach (var (name, measure) in RowCatalogue.All)
        {
            if (only.Count > 0 && !only.Contains(name))
            {
                continue;
            }

            foreach (var row in Guarded(name, measure(options)))
            {
                rows.Add(row);
                ResultsFile.Print(Console.Out, row);
            }

            Console.WriteLine($"  {name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        Console.WriteLine($"{rows.Count} rows in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        if ((output ?? DefaultOutput(options, only)) is { } path)
        {
            var command =
                $"dotnet run -c Release --project tests/RandomizedSmoothing.Benchmarks -- {string.Join(' ', arguments)}";
            var date = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            ResultsFile.Write(path, command, machine, date, rows);
            Console.WriteLine(path);
        }

        return 0;
    }

    // A group that fails costs its own rows, and says so, never the table.
    private static IEnumerable<Row> Guarded(string name, IEnumerable<Row> rows)
    {
        using var each = rows.GetEnumerator();
        while (true)
        {
            Row row;
            try
            {
                if (!each.MoveNext())
                {
                    yield break;
                }

                row = each.Current;
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
            {
                row = Row.NotMeasured(name, e.Message);
            }

            yield return row;
            if (row.What == name)
            {
                yield break;
            }
        }
    }

    // A part of the table, or a hasty one, does not replace the published one.
    private static string? DefaultOutput(
        BenchOptions options,
        IReadOnlyList<string> only,
        [CallerFilePath] string source = ""
    )
    {
        var folder = Path.GetDirectoryName(source);
        return options.Quick || only.Count > 0 || !Directory.Exists(folder) ? null : Path.Combine(folder, "RESULTS.md");
    }
}
