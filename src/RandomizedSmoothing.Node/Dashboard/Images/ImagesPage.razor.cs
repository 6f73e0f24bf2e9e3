using System.Globalization;
using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Node.Dashboard.Images;

/// <summary>The finished images of one cell, the least certain first.</summary>
public sealed partial class ImagesPage : LivePage
{
    private const int RowsPerPage = 50;

    private static readonly Choice[] Choices =
    [
        new("All", _ => true),
        new("Correct", c => c.Correct),
        new("Wrong", c => c.Wrong),
        new("Abstained", c => c.Abstained),
        new("Not estimated", c => c.NotEstimated),
    ];

    private CellReport? _report;
    private string _choice = "All";
    private int _page = 1;
    private bool _read;

    /// <summary>The sweep's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>The cell's id.</summary>
    [SupplyParameterFromQuery]
    public string? Cell { get; set; }

    [Inject]
    private LiveReports Live { get; set; } = null!;

    /// <summary>The address of a cell's images.</summary>
    public static string AddressOf(string sweep, CellId cell) =>
        $"/sweeps/{sweep}/images?cell={Uri.EscapeDataString(cell.Value)}";

    /// <inheritdoc />
    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    private IReadOnlyList<Certificate> Chosen =>
        [
            .. _report!
                .Certificates.Where(Choices.First(c => c.Name == _choice).Includes)
                .OrderBy(c => c.Radius)
                .ThenBy(c => c.ImageIndex),
        ];

    private IEnumerable<Certificate> Shown => Chosen.Skip((_page - 1) * RowsPerPage).Take(RowsPerPage);

    private int Pages => (Chosen.Count + RowsPerPage - 1) / RowsPerPage;

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation)
    {
        if (SweepId.IsValid(Id))
        {
            var reports = await Live.OfSweepAsync(new SweepId(Id), cancellation);
            _report = reports.FirstOrDefault(r => r.Cell.Id.Value == Cell);
        }

        _read = true;
    }

    private void Choose(string choice) => (_choice, _page) = (choice, 1);

    private string Address(Certificate image) =>
        FormattableString.Invariant($"/sweeps/{Id}/images/{image.ImageIndex}?cell={Uri.EscapeDataString(Cell ?? "")}");

    private static string Answer(DatasetReference dataset, Certificate image) =>
        image.Abstained ? "abstained"
        : image.NotEstimated ? "not estimated"
        : Say.Class(dataset, image.Prediction) + (image.Wrong ? ", wrong" : "");

    private static string Radius(double radius) =>
        double.IsPositiveInfinity(radius) ? "∞" : radius.ToString("0.0000", CultureInfo.InvariantCulture);

    private sealed record Choice(string Name, Func<Certificate, bool> Includes);
}
