namespace RandomizedSmoothing.Core.Noise;

/// <summary>The names of norms in files and on the command line.</summary>
public static class Norms
{
    /// <summary><c>l0</c>, <c>l1</c>, <c>l2</c>, <c>linf</c>.</summary>
    public static string NameOf(Norm norm) =>
        norm switch
        {
            Norm.L0 => "l0",
            Norm.L1 => "l1",
            Norm.L2 => "l2",
            _ => "linf",
        };

    /// <summary>The norm of a name, upper or lower case; null where there is none.</summary>
    public static Norm? Find(string name) =>
        name.ToLowerInvariant() switch
        {
            "l0" => Norm.L0,
            "l1" => Norm.L1,
            "l2" => Norm.L2,
            "linf" or "l-inf" or "linfinity" => Norm.LInf,
            _ => null,
        };
}
