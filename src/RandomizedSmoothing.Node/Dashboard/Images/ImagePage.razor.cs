using System.Globalization;
using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Node.Dashboard.Images;

/// <summary>One image: clean, under the very draws that were counted, its votes, and the arithmetic of its certificate.</summary>
public sealed partial class ImagePage : LivePage
{
    private const int DrawsShown = 7;
    private const int ClassesShown = 10;

    private CellReport? _report;
    private Certificate? _certificate;
    private ImageVotes? _votes;
    private IReadOnlyList<ExplanationStep> _steps = [];
    private IReadOnlyList<string> _pictures = [];
    private bool _read;

    /// <summary>The sweep's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Index of the image in its split.</summary>
    [Parameter]
    public int Index { get; set; }

    /// <summary>The cell's id.</summary>
    [SupplyParameterFromQuery]
    public string? Cell { get; set; }

    [Inject]
    private SweepReader Reader { get; set; } = null!;

    [Inject]
    private LiveReports Live { get; set; } = null!;

    [Inject]
    private StoredResults Stored { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    protected override bool IsFinal => _steps.Count > 0;

    private IEnumerable<int> Labels =>
        Enumerable
            .Range(0, _report!.Dataset.Classes)
            .OrderByDescending(label => _votes!.Estimation[label])
            .ThenBy(label => label)
            .Take(ClassesShown);

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation)
    {
        if (
            SweepId.IsValid(Id)
            && await Reader.DefinitionAsync(new SweepId(Id), cancellation) is { } sweep
            && (await Live.OfSweepAsync(sweep.Id, cancellation)).FirstOrDefault(r => r.Cell.Id.Value == Cell)
                is { } report
            && report.Votes.Images.FirstOrDefault(i => i.ImageIndex == Index) is { } votes
        )
        {
            (_report, _votes) = (report, votes);
            var noise = NoiseFamilies.Create(report.Cell.Noise, report.Cell.Sigma);
            _certificate = report.Certificates.FirstOrDefault(c => c.ImageIndex == Index);
            _steps = _certificate is { } certificate
                ? CertificateExplanation.Of(
                    certificate,
                    noise,
                    report.Dataset.Shape.Dimension,
                    report.Plan,
                    report.Planned,
                    report.Dataset.ClassNames
                )
                : [];
            if (_pictures.Count == 0)
            {
                _pictures = await Task.Run(() => Draw(sweep, report, noise), cancellation);
            }
        }

        _read = true;
    }

    private IReadOnlyList<string> Draw(SweepDefinition sweep, CellReport report, NoiseDistribution noise)
    {
        if (Stored.Pixels()(report.Dataset, Index) is not { } pixels)
        {
            return [];
        }

        var shape = report.Dataset.Shape;
        var noisy = new float[DrawsShown * shape.Dimension];
        var key = NoiseKey.Create(sweep.Seed, report.Dataset.Hash, Index, DrawStream.Estimation);
        noise.CreateSampler(shape).Sample(key, 0, pixels, noisy);
        return
        [
            Picture.Of(shape, [.. pixels.Select(p => p / 255f)]),
            .. Enumerable
                .Range(0, DrawsShown)
                .Select(draw => Picture.Of(shape, noisy.AsSpan(draw * shape.Dimension, shape.Dimension))),
        ];
    }

    private string Says(Certificate certificate) =>
        certificate.Abstained ? "The smoothed classifier abstains."
        : certificate.NotEstimated ? "Not estimated: another class than the label was selected."
        : certificate.Correct ? $"Answered right: {Say.Class(_report!.Dataset, certificate.Prediction)}."
        : $"Answered wrong: {Say.Class(_report!.Dataset, certificate.Prediction)}.";

    private string Width(int label) =>
        (100.0 * _votes!.Estimation[label] / Math.Max(1, _votes.Estimation.Total)).ToString(
            "0.##",
            CultureInfo.InvariantCulture
        );
}
