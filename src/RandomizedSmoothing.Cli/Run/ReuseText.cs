using RandomizedSmoothing.Node.Local;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>Says, cell by cell, what a run takes over from earlier ones and why the rest has to be drawn.</summary>
internal static class ReuseText
{
    private const int MostLines = 40;

    public static async Task WriteAsync(TextWriter output, LedgerHistory history)
    {
        if (history.Sweeps.Count == 0)
        {
            return;
        }

        var cells = history.Reuse.Cells;
        var complete = cells.Count(cell => cell.ImagesDone == cell.Images);
        await output.WriteLineAsync(
            $"{cells.Sum(c => c.ImagesDone)} of {cells.Sum(c => c.Images)} images are reused from the ledger; {complete} of {cells.Count} cells are complete."
        );
        foreach (var cell in cells.Where(c => c.ImagesDone < c.Images).Take(MostLines))
        {
            await output.WriteLineAsync($"  {cell.Cell}: {cell.Describe()}");
        }

        if (cells.Count - complete > MostLines)
        {
            await output.WriteLineAsync($"  … and {cells.Count - complete - MostLines} more cells");
        }

        foreach (var dropped in history.Reuse.Dropped.Take(MostLines))
        {
            await output.WriteLineAsync($"  {dropped}: no longer in the grid; its votes stay in the ledger");
        }
    }
}
