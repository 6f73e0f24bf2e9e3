using System.Collections;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Tests.Tables;

/// <summary>A table of very many rows, as of a sweep over a wide grid.</summary>
public sealed class WideTableTests
{
    [Fact]
    public void Laying_it_out_does_not_pass_over_all_rows_for_each_row()
    {
        var rows = new WatchedRows(2000);
        var table = new AccuracyTable { Radii = [0, 0.5], Rows = rows };

        var layout = TableLayout.Of(table);

        layout.Rows.Count(row => row.Any(cell => cell.IsBest)).ShouldBe(20);
        rows.Passes.ShouldBeLessThan(100);
    }

    /// <summary>Rows that know how often somebody went through them; every hundredth is the best.</summary>
    private sealed class WatchedRows(int count) : IReadOnlyList<AccuracyRow>
    {
        private readonly List<AccuracyRow> _rows =
        [
            .. Enumerable
                .Range(0, count)
                .Select(at => new AccuracyRow
                {
                    Dataset = "digits",
                    Model = $"m{at}",
                    Accuracies = [at % 100 / 100.0, 0],
                    Images = 100,
                    Planned = 100,
                }),
        ];

        public int Passes { get; private set; }

        public int Count => _rows.Count;

        public AccuracyRow this[int index] => _rows[index];

        public IEnumerator<AccuracyRow> GetEnumerator()
        {
            Passes++;
            return _rows.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
