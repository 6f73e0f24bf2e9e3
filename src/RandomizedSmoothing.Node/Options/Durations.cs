using System.Globalization;

namespace RandomizedSmoothing.Node.Options;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1.5h</c>; a bare number is seconds.</summary>
public static class Durations
{
    /// <summary>Parses a duration; negative ones are refused.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var digits = text.TrimEnd("smh".ToCharArray());
        double? unit = text[digits.Length..] switch
        {
            "" or "s" => 1,
            "ms" => 0.001,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
        duration = default;
        if (
            unit is not { } factor
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number)
            || number * factor > TimeSpan.FromDays(365).TotalSeconds
        )
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(number * factor);
        return true;
    }

    /// <summary>The shortest of these forms that keeps the value.</summary>
    public static string Format(TimeSpan duration) =>
        duration.TotalSeconds switch
        {
            var s when s >= 3600 && s % 3600 == 0 => string.Create(CultureInfo.InvariantCulture, $"{s / 3600}h"),
            var s when s >= 60 && s % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{s / 60}m"),
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms"),
            var s => string.Create(CultureInfo.InvariantCulture, $"{s}s"),
        };
}
