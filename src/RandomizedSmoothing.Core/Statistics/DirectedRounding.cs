namespace RandomizedSmoothing.Core.Statistics;

/// <summary>Single operations on non-negative numbers rounded to a chosen side, within 1 ulp; exact results stay exact.</summary>
internal static class DirectedRounding
{
    /// <summary>a·b rounded toward −∞.</summary>
    public static double MultiplyDown(double a, double b)
    {
        var product = a * b;
        return Math.FusedMultiplyAdd(a, b, -product) < 0 ? Math.BitDecrement(product) : product;
    }

    /// <summary>a·b rounded toward +∞.</summary>
    public static double MultiplyUp(double a, double b)
    {
        var product = a * b;
        return Math.FusedMultiplyAdd(a, b, -product) > 0 ? Math.BitIncrement(product) : product;
    }

    /// <summary>a/b rounded toward −∞, b &gt; 0.</summary>
    public static double DivideDown(double a, double b)
    {
        var quotient = a / b;
        return Math.FusedMultiplyAdd(quotient, b, -a) > 0 ? Math.BitDecrement(quotient) : quotient;
    }

    /// <summary>a/b rounded toward +∞, b &gt; 0.</summary>
    public static double DivideUp(double a, double b)
    {
        var quotient = a / b;
        return Math.FusedMultiplyAdd(quotient, b, -a) < 0 ? Math.BitIncrement(quotient) : quotient;
    }

    /// <summary>√a rounded toward +∞.</summary>
    public static double SqrtUp(double a)
    {
        var root = Math.Sqrt(a);
        return Math.FusedMultiplyAdd(root, root, -a) < 0 ? Math.BitIncrement(root) : root;
    }
}
