using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// The numbers of draws at which a fixed plan reads an image, whatever else other plans drew of it: set before the first draw,
/// so that a bound for exactly so many is sound.
/// </summary>
/// <param name="Selection">n0.</param>
/// <param name="Estimation">n.</param>
public sealed record FixedDraws(long Selection, long Estimation)
{
    /// <summary>Those of one stream.</summary>
    public long this[DrawStream stream] => stream == DrawStream.Selection ? Selection : Estimation;

    /// <summary>Those of a cell; null where the votes decide how many are drawn, and where noise has only so many draws at all.</summary>
    public static FixedDraws? Of(SweepDefinition sweep, CellDefinition cell) =>
        sweep.Plan.Mode == CertificationMode.Fixed && NoiseFamilies.Create(cell.Noise, cell.Sigma).CompleteDraws is null
            ? new FixedDraws(sweep.Plan.N0, sweep.Plan.N)
            : null;
}
