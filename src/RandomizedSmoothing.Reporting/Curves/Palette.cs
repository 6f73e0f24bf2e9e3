namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>
/// Colours that stay apart for colour-blind readers and in print (Okabe, Ito 2008), the pale yellow left out; dashes tell the
/// second round of colours from the first.
/// </summary>
public static class Palette
{
    private static readonly string[] Light =
    [
        "#0072B2",
        "#D55E00",
        "#009E73",
        "#CC79A7",
        "#E69F00",
        "#56B4E9",
        "#333333",
    ];

    /// <summary>Number of different colours.</summary>
    public static int Count => Light.Length;

    /// <summary>The colour of a slot as <c>#RRGGBB</c>.</summary>
    public static string Colour(int slot) => Light[Math.Abs(slot) % Light.Length];

    /// <summary>Which round of the colours a slot is in: 0 for the first.</summary>
    public static int Round(int slot) => Math.Abs(slot) / Light.Length;
}
