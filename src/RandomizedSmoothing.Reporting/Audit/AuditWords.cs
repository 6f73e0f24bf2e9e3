using System.Globalization;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>What the fits of an audit mean, in sentences.</summary>
internal static class AuditWords
{
    private const int FewRows = 5;
    private const double PaperAlpha = 0.001;

    public static IEnumerable<string> Explain(
        IReadOnlyList<LatticeFit> fits,
        LatticeFit? verdict,
        LogAuditResult result,
        double sigma
    )
    {
        if (verdict is null)
        {
            yield return Undetermined(fits, result, sigma);
            yield break;
        }

        if (
            verdict.Alpha != PaperAlpha
            && fits.FirstOrDefault(f => f.N == verdict.N && f.Alpha == PaperAlpha) is { Refuted: > 0 } usual
        )
        {
            yield return $"alpha is {Number(verdict.Alpha)}: the usual {Number(PaperAlpha)} is refuted by {usual.Refuted} of {usual.Rows} rows";
        }

        if (verdict.Rows < FewRows)
        {
            yield return $"this rests on only {verdict.Rows} rows in the part of the lattice that can tell";
        }

        if (result.LargestRadius < verdict.Attainable * 0.995)
        {
            yield return $"no image reaches the attainable radius {Digits(verdict.Attainable)}: the largest is {Digits(result.LargestRadius)}";
        }
    }

    private static string Undetermined(IReadOnlyList<LatticeFit> fits, LogAuditResult result, double sigma)
    {
        if (result.LargestRadius == 0)
        {
            return "no image is certified: n and alpha cannot be told";
        }

        var usual = fits.Where(f => f.IsUsual).ToList();
        var reaching = usual.Where(f => f.Attainable >= result.LargestRadius).ToList();
        if (fits.All(f => f.Rows == 0 || f.Refuted > 0 || !f.ExplainsLargest) && reaching.All(f => f.Rows > 0))
        {
            return $"no pair of n and alpha that was tried fits with sigma = {Number(sigma)}: sigma may be another, or the radii come from another bound";
        }

        var count = fits.Count(f => f.Fits);
        if (count == 1)
        {
            var only = fits.First(f => f.Fits);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"n and alpha are undetermined: of the pairs that were tried only n = {only.N} with alpha = {Number(only.Alpha)} fits, but the {only.Rows} rows that could tell have too few different radii to be sure"
            );
        }

        return count == 0
            ? $"n and alpha are undetermined: no radius is large enough to tell (the largest is {Digits(result.LargestRadius / sigma)} sigma)"
            : $"n and alpha are undetermined: {count} pairs fit the {fits.Where(f => f.Fits).Max(f => f.Rows)} rows that could tell";
    }

    private static string Number(double value) => TableLayout.Number(value);

    private static string Digits(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
