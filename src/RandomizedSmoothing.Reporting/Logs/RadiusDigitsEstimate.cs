namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>Finds out to how many digits the radii of a log were printed, from their texts.</summary>
internal sealed class RadiusDigitsEstimate
{
    private int _significant;
    private int _decimals = -1;
    private bool _sameDecimals = true;
    private bool _paddedZero;

    /// <summary>Takes one radius as printed.</summary>
    public void Add(string text)
    {
        var mark = text.IndexOfAny(['e', 'E']);
        var number = mark < 0 ? text : text[..mark];
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        _sameDecimals &= mark < 0 && (_decimals < 0 || _decimals == decimals);
        _decimals = Math.Max(_decimals, decimals);

        // "0.50" is fixed form; "1.0" is what the general form prints for one.
        _paddedZero |= decimals > 1 && number[^1] == '0';

        var digits = number.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (point >= 0 && number.EndsWith(".0", StringComparison.Ordinal))
        {
            digits = digits.Length > 1 ? digits[..^1] : digits;
        }

        _significant = Math.Max(_significant, digits.Length);
    }

    /// <summary>The precision that explains every text so far; the published three digits while there is no evidence.</summary>
    public RadiusDigits Estimate() =>
        _paddedZero && _sameDecimals ? new RadiusDigits(_decimals, true)
        : _significant == 0 ? RadiusDigits.Published
        : new RadiusDigits(Math.Clamp(_significant, RadiusDigits.Published.Digits, 17), false);
}
