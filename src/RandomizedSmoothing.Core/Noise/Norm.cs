namespace RandomizedSmoothing.Core.Noise;

/// <summary>The norm in which a radius is measured, over inputs in [0, 1] pixel units.</summary>
public enum Norm
{
    /// <summary>Number of changed coordinates (or pixels, where the family says so).</summary>
    L0,

    /// <summary>Sum of absolute changes.</summary>
    L1,

    /// <summary>Euclidean length of the change.</summary>
    L2,

    /// <summary>Largest absolute change.</summary>
    LInf,
}
