using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Certificates;

/// <summary>One cell as reports show it: the certificates of its finished images, recomputed from the votes.</summary>
public sealed record CellReport
{
    /// <summary>The cell.</summary>
    public required CellDefinition Cell { get; init; }

    /// <summary>Its data set.</summary>
    public required DatasetReference Dataset { get; init; }

    /// <summary>Name of its base classifier in the sweep.</summary>
    public required string Model { get; init; }

    /// <summary>The plan that the certificates follow from.</summary>
    public required CertificationPlan Plan { get; init; }

    /// <summary>The certificates of the finished images, in image order.</summary>
    public required IReadOnlyList<Certificate> Certificates { get; init; }

    /// <summary>The votes.</summary>
    public required CellVotes Votes { get; init; }

    /// <summary>Norm of the radii.</summary>
    public required Norm Norm { get; init; }

    /// <summary>Whether there is noise: at sigma 0 the base classifier itself is evaluated, and every radius is 0.</summary>
    public bool IsSmoothed => Cell.Sigma > 0;

    /// <summary>Images asked for.</summary>
    public int Planned => Votes.Images.Count;

    /// <summary>Whether images are missing.</summary>
    public bool IsProvisional => Certificates.Count < Planned;

    /// <summary>Certifies a cell's votes by its sweep's plan.</summary>
    public static CellReport Of(SweepDefinition sweep, CellVotes votes) => Of(sweep, votes, sweep.Plan);

    /// <summary>Certifies a cell's votes by another plan.</summary>
    public static CellReport Of(SweepDefinition sweep, CellVotes votes, CertificationPlan plan)
    {
        var certifier = CertifierOf(sweep, votes, plan);
        return new CellReport
        {
            Cell = votes.Cell,
            Dataset = votes.Dataset,
            Model = sweep.ModelOf(votes.Cell).Name,
            Plan = plan,
            Certificates = [.. votes.Images.Select(certifier.Certify).OfType<Certificate>()],
            Votes = votes,
            Norm = certifier.Norm,
        };
    }

    /// <summary>The certifier of a cell.</summary>
    public static Certifier CertifierOf(SweepDefinition sweep, CellVotes votes, CertificationPlan plan) =>
        new(
            plan,
            NoiseFamilies.Create(votes.Cell.Noise, votes.Cell.Sigma),
            votes.Dataset.Shape.Dimension,
            votes.Images.Count,
            sampler: sweep.Sampler
        );

    /// <summary>The rows of the cell's certification log.</summary>
    public IEnumerable<LogRow> LogRows() =>
        Certificates.Select(c => new LogRow(
            c.ImageIndex,
            c.Label,
            c.Prediction,
            c.Radius,
            c.Correct,
            TimeSpan.FromSeconds(Math.Max(0, c.Seconds))
        )
        {
            NotEstimated = c.NotEstimated,
        });

    /// <summary>Accuracy at some radii with band, classes and averages.</summary>
    public CertifiedAccuracyCurve Curve(IEnumerable<double> radii) =>
        CertifiedAccuracyCurve.Of(Certificates, radii, Dataset.Classes, Planned);

    /// <summary>The whole curve for drawing.</summary>
    public CurveSeries Series(string label, int slot) =>
        new(label, Certificates.Where(c => c.Correct).Select(c => c.Radius), Certificates.Count)
        {
            Planned = Planned,
            Slot = slot,
        };

    /// <summary>The row of a table.</summary>
    public AccuracyRow Row(IReadOnlyList<double> radii)
    {
        var curve = Curve(radii);
        var images = Math.Max(1, curve.Images);
        return new AccuracyRow
        {
            Dataset = Dataset.Name,
            Model = Model,
            TrainSigma = Cell.TrainSigma,
            Noise = Cell.Noise,
            Norm = Norm,
            Sigma = Cell.Sigma,
            Accuracies = [.. curve.Points.Select(p => double.IsNaN(p.Accuracy) ? 0 : p.Accuracy)],
            Abstained = (double)curve.Abstained / images,
            Wrong = (double)curve.Wrong / images,
            NotEstimated = (double)curve.NotEstimated / images,
            AverageRadius = double.IsFinite(curve.AverageRadius) ? curve.AverageRadius : null,
            MeanDraws = double.IsFinite(curve.MeanDraws) ? curve.MeanDraws : null,
            Images = Certificates.Count,
            Planned = Planned,
            N = Plan.N,
            Alpha = Plan.Alpha,
        };
    }
}
