namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// Which of an image's two independent sequences of noise draws is meant (Cohen et al. 2019, Alg. 1). Selection draws choose
/// the class, estimation draws bound its probability; a selection draw is never evidence for the bound.
/// The numeric values are part of the noise key and of every stored vote: they never change.
/// </summary>
public enum DrawStream : byte
{
    /// <summary>The n0 draws that select the class.</summary>
    Selection = 0,

    /// <summary>The n fresh draws that estimate its probability.</summary>
    Estimation = 1,
}
