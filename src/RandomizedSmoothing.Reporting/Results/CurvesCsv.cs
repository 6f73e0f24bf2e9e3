using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>
/// Certified-accuracy curves as comma-separated values: one line per cell and radius, the same radii for all cells;
/// <c>images</c> counts the finished ones. An unknown training sigma is empty.
/// </summary>
public static class CurvesCsv
{
    /// <summary>The header line, without its line end.</summary>
    public const string Header = "dataset,model,train_sigma,noise,sigma,radius,certified_accuracy,images";

    /// <summary>The curves of some cells at some radii.</summary>
    public static string Text(IReadOnlyList<CellReport> cells, IReadOnlyList<double> radii)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var cell in cells)
        {
            var series = cell.Series("", 0);
            var train = cell.Cell.TrainSigma is { } sigma ? TableLayout.Number(sigma) : "";
            var head =
                $"{TableData.Quote(cell.Dataset.Name)},{TableData.Quote(cell.Model)},{train},{TableData.Quote(cell.Cell.Noise)},{TableLayout.Number(cell.Cell.Sigma)}";
            foreach (var radius in radii)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{head},{TableLayout.Number(radius)},{TableLayout.Number(series.At(radius))},{series.Images}\n"
                );
            }
        }

        return text.ToString();
    }
}
