using System.Collections.Immutable;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// CERTIFY (Cohen, Rosenfeld, Kolter 2019, Alg. 1) as a pure function of counts: the same votes give the same certificate, now
/// or years later, and other plans give other certificates from the same votes.
/// </summary>
public sealed class Certifier
{
    private readonly CertificationPlan _plan;
    private readonly NoiseDistribution _noise;
    private readonly int _dimension;
    private readonly int _images;
    private readonly double _samplingError;
    private readonly ImmutableArray<double> _targets;

    /// <param name="plan">Draws, α, kind of certificate.</param>
    /// <param name="noise">The noise that was drawn.</param>
    /// <param name="dimension">Number of coordinates of an image.</param>
    /// <param name="images">Images of the cell, which share α under a family-wise correction.</param>
    /// <param name="norm">Norm of the radii; null for the family's own.</param>
    /// <param name="sampler">How the noise was drawn.</param>
    /// <exception cref="UserErrorException">The family has no certificate in this norm.</exception>
    public Certifier(
        CertificationPlan plan,
        NoiseDistribution noise,
        int dimension,
        int images,
        Norm? norm = null,
        SamplerKind sampler = SamplerKind.Exact
    )
    {
        _plan = plan;
        _noise = noise;
        _dimension = dimension;
        _images = images;
        Norm = norm ?? noise.DefaultNorm;
        _noise.Radius(ProbabilityBound.One, Norm, dimension);
        _samplingError = sampler == SamplerKind.Exact ? noise.SamplingError(dimension) : 0;
        _targets =
            plan.Mode == CertificationMode.Anytime
                ? AnytimeStoppingRule.TargetsOf(plan, noise, dimension, Norm, _samplingError)
                : [];
    }

    /// <summary>The norm of the radii.</summary>
    public Norm Norm { get; }

    /// <summary>The certificate of an image's stored votes; see <see cref="Certify(int, int, VoteCounts, VoteCounts, double)"/>.</summary>
    public Certificate? Certify(ImageVotes votes) =>
        Certify(votes.ImageIndex, votes.Label, votes.Selection, votes.Estimation, votes.Seconds);

    /// <summary>The certificate of an image, or null where its draws are not complete.</summary>
    /// <param name="imageIndex">Index in the split.</param>
    /// <param name="label">Its label.</param>
    /// <param name="selection">Votes of the selection draws.</param>
    /// <param name="estimation">Votes of the estimation draws, none of which selected anything.</param>
    /// <param name="seconds">Device seconds, passed on.</param>
    /// <remarks>
    /// Fixed mode certifies from n draws or more, never from fewer: stopping early after a look would void α. Of more than n
    /// draws, which a plan of more left, nothing tells why they end where they do: only an anytime-valid bound is sound for them.
    /// The anytime mode certifies from any prefix.
    /// </remarks>
    public Certificate? Certify(
        int imageIndex,
        int label,
        VoteCounts selection,
        VoteCounts estimation,
        double seconds = 0
    )
    {
        if (_noise.CompleteDraws is { } complete)
        {
            return estimation.Total == complete ? Deterministic(imageIndex, label, estimation, seconds) : null;
        }

        if (selection.Total < _plan.N0)
        {
            return null;
        }

        var selected = selection.TopClass;
        var shares = AlphaShares.Of(_plan, _images, estimation.Classes);
        var blank = Blank(selected, estimation, shares) with
        {
            ImageIndex = imageIndex,
            Label = label,
            N0 = selection.Total,
            Seconds = seconds,
        };
        if (_plan.Images == CertifiedImages.Correct && selected != label)
        {
            return blank with { Status = CertificateStatus.NotEstimated };
        }

        if (_plan.Mode == CertificationMode.Fixed && estimation.Total < _plan.N)
        {
            return null;
        }

        if (estimation.Total == 0)
        {
            return null;
        }

        return _plan.Mode == CertificationMode.Fixed && estimation.Total == _plan.N
            ? FixedBound(blank, shares)
            : AnytimeBound(blank with { Mode = CertificationMode.Anytime }, shares, selection, estimation);
    }

    /// <summary>
    /// The certificate of a class that was fixed before these draws, whatever selected it: the arithmetic alone, for any n ≥ 1.
    /// </summary>
    /// <param name="selected">The class, a valid label.</param>
    /// <param name="estimation">Votes of at least one draw.</param>
    public Certificate CertifyClass(int selected, VoteCounts estimation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(estimation.Total, 1);
        if (_noise.CompleteDraws is not null)
        {
            return Deterministic(0, selected, estimation, 0);
        }

        var shares = AlphaShares.Of(_plan, _images, estimation.Classes);
        var blank = Blank(selected, estimation, shares);
        return _plan.Mode == CertificationMode.Anytime
            ? AnytimeBound(
                blank with
                {
                    Mode = CertificationMode.Anytime,
                },
                shares,
                VoteCounts.None(estimation.Classes),
                estimation
            )
            : FixedBound(blank, shares);
    }

    private Certificate Blank(int selected, VoteCounts estimation, AlphaShares shares)
    {
        var other = estimation.RunnerUpTo(selected);
        return new Certificate
        {
            ImageIndex = 0,
            Label = selected,
            Status = CertificateStatus.Abstained,
            SelectedClass = selected,
            RunnerUp = other,
            Radius = 0,
            Norm = Norm,
            Votes = estimation[selected],
            RunnerUpVotes = other < 0 ? 0 : estimation[other],
            N = estimation.Total,
            Alpha = shares.Image,
            SamplingError = _samplingError,
            Kind = _plan.Certificate,
        };
    }

    private Certificate FixedBound(Certificate blank, AlphaShares shares)
    {
        var lower = BinomialBounds.LowerBound(blank.Votes, blank.N, shares.Top).Deduct(_samplingError);
        return Claim(blank, lower, shares.EachOther > 0 ? OtherUpper(blank, lower, shares) : null);
    }

    private Certificate AnytimeBound(Certificate blank, AlphaShares shares, VoteCounts selection, VoteCounts estimation)
    {
        var bounds = new AnytimeBounds(shares, selection, blank.SelectedClass, estimation);
        var lower = bounds.Lower().Deduct(_samplingError);
        var certificate = Claim(blank, lower, bounds.OtherUpper(lower)?.Widen(_samplingError));
        if (certificate.Kind == CertificateKind.TwoClass)
        {
            return certificate;
        }

        // A radius of the grid that the wealth itself accepts is certified, whatever the rounding of the inverted bound says.
        for (var i = _targets.Length - 1; i >= 0 && _plan.Radii[i] > certificate.Radius; i--)
        {
            if (bounds.Reaches(_targets[i]))
            {
                return certificate with { Status = CertificateStatus.Certified, Radius = _plan.Radii[i] };
            }
        }

        return certificate;
    }

    private Certificate Claim(Certificate blank, ProbabilityBound lower, ProbabilityBound? otherUpper)
    {
        var radius = otherUpper is { } other
            ? _noise.TwoClassRadius(lower, other, Norm, _dimension)
            : _noise.Radius(lower, Norm, _dimension);
        return blank with
        {
            Status = radius >= 0 ? CertificateStatus.Certified : CertificateStatus.Abstained,
            Radius = radius >= 0 ? radius : 0,
            Lower = lower,
            OtherUpper = otherUpper,
        };
    }

    // Every other class is below the bound of the largest count, and below what the selected class leaves.
    private ProbabilityBound OtherUpper(Certificate blank, ProbabilityBound lower, AlphaShares shares)
    {
        var upper = BinomialBounds.UpperBound(blank.RunnerUpVotes, blank.N, shares.EachOther).Widen(_samplingError);
        return upper.Value <= lower.Complement ? upper : new ProbabilityBound(lower.Complement, lower.Value);
    }

    private Certificate Deterministic(int imageIndex, int label, VoteCounts votes, double seconds)
    {
        var top = votes.TopClass;
        var other = votes.RunnerUpTo(top);
        var share = (double)votes[top] / votes.Total;
        return new Certificate
        {
            ImageIndex = imageIndex,
            Label = label,
            Status = CertificateStatus.Certified,
            SelectedClass = top,
            RunnerUp = other,
            Radius = _noise.CompleteRadius(votes),
            Norm = Norm,
            Lower = new ProbabilityBound(share, (double)(votes.Total - votes[top]) / votes.Total),
            Votes = votes[top],
            RunnerUpVotes = other < 0 ? 0 : votes[other],
            N = votes.Total,
            Alpha = 0,
            Kind = _plan.Certificate,
            Seconds = seconds,
        };
    }
}
