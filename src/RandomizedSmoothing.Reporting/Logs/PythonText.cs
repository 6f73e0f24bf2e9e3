using System.Globalization;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// Numbers and durations exactly as Python prints them, so that logs written here and logs written by the published code
/// compare byte for byte.
/// </summary>
public static class PythonText
{
    /// <summary>
    /// What <c>'{:.3}'.format(value)</c> prints for a float, for any number of significant digits: trailing zeros dropped but
    /// one kept after the point, exponent form below 10⁻⁴ and where the digits end before the point; ties go to even.
    /// </summary>
    /// <param name="value">Any number; not-a-number and infinities print as Python prints them.</param>
    /// <param name="digits">Significant digits, at least 1.</param>
    public static string General(double value, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan"
                : value > 0 ? "inf"
                : "-inf";
        }

        var sign = double.IsNegative(value) ? "-" : "";
        if (value == 0)
        {
            return sign + "0.0";
        }

        var (mantissa, exponent) = Round(Math.Abs(value), digits);
        mantissa = mantissa.TrimEnd('0');
        if (mantissa.Length == 0)
        {
            mantissa = "0";
        }

        if (exponent < -4 || exponent >= digits - 1)
        {
            var fraction = mantissa.Length > 1 ? "." + mantissa[1..] : "";
            var power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{mantissa[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{power}";
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + mantissa;
        }

        var whole = mantissa.PadRight(exponent + 1, '0')[..(exponent + 1)];
        var rest = mantissa.Length > exponent + 1 ? mantissa[(exponent + 1)..] : "0";
        return $"{sign}{whole}.{rest}";
    }

    /// <summary>What <c>'{:.2f}'.format(value)</c> prints, for any number of decimals; exact ties go to even.</summary>
    public static string Fixed(double value, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        if (!double.IsFinite(value))
        {
            return General(value, 1);
        }

        // The format rounds exact ties away from zero; adding zeros of the exact expansion tells whether this is one.
        var exact = value.ToString("F" + (decimals + 60), CultureInfo.InvariantCulture);
        var kept = exact.Length - 60;
        var tail = exact.AsSpan(kept);
        var isTie = tail[0] == '5' && tail[1..].IndexOfAnyExcept('0') < 0;
        var lastKept = exact[kept - 1] == '.' ? exact[kept - 2] : exact[kept - 1];
        if (isTie && (lastKept - '0') % 2 == 0)
        {
            return decimals == 0 ? exact[..(kept - 1)] : exact[..kept];
        }

        return value.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// What <c>str(timedelta)</c> prints: <c>H:MM:SS.ffffff</c>, the fraction only where there is one, days in front as
    /// <c>1 day, </c> or <c>2 days, </c>.
    /// </summary>
    /// <param name="duration">At least zero; rounded to microseconds, ties to even.</param>
    public static string TimeDelta(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var microseconds = (long)Math.Round(duration.Ticks / 10m, MidpointRounding.ToEven);
        var seconds = Math.DivRem(microseconds, 1_000_000, out var fraction);
        var days = Math.DivRem(seconds, 86_400, out seconds);
        var prefix =
            days == 0 ? ""
            : days == 1 ? "1 day, "
            : string.Create(CultureInfo.InvariantCulture, $"{days} days, ");
        var suffix = fraction == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{fraction:000000}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}{suffix}"
        );
    }

    /// <summary>Reads what <see cref="TimeDelta"/> prints, and plain seconds.</summary>
    /// <returns>False where the text is neither, or negative.</returns>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var days = 0.0;
        var rest = text.AsSpan().Trim();
        var comma = rest.IndexOf(',');
        if (comma > 0)
        {
            var words = rest[..comma];
            var space = words.IndexOf(' ');
            if (space < 0 || words[space..].Trim() is not ("day" or "days") || !Number(words[..space], out days))
            {
                return false;
            }

            rest = rest[(comma + 1)..].Trim();
        }

        Span<Range> parts = stackalloc Range[4];
        var count = rest.Split(parts, ':');
        double hours = 0;
        double minutes = 0;
        double seconds;
        if (count == 1 && comma < 0)
        {
            if (!Number(rest, out seconds))
            {
                return false;
            }
        }
        else if (
            count != 3
            || !Number(rest[parts[0]], out hours)
            || !Number(rest[parts[1]], out minutes)
            || !Number(rest[parts[2]], out seconds)
            || minutes >= 60
            || seconds >= 60
        )
        {
            return false;
        }

        var total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
        if (!(total <= TimeSpan.MaxValue.TotalSeconds / 2))
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(total * TimeSpan.TicksPerSecond));
        return true;
    }

    private static bool Number(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value
        );

    // The first digits of the exact decimal expansion, rounded half to even, and the power of ten of the first of them.
    private static (string Mantissa, int Exponent) Round(double value, int digits)
    {
        // No double in the range of radii has more than 120 significant digits; where one has, the tail only breaks ties.
        var exact = value.ToString("E" + Math.Max(120, digits + 20), CultureInfo.InvariantCulture);
        var mark = exact.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(exact.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var all = exact[..1] + exact[2..mark];
        var kept = all[..digits].ToCharArray();
        var tail = all.AsSpan(digits);
        var tie = tail[0] == '5' && tail[1..].IndexOfAnyExcept('0') < 0;
        if (tail[0] > '5' || tail[0] == '5' && !tie || tie && (kept[^1] - '0') % 2 == 1)
        {
            var at = digits - 1;
            while (at >= 0 && kept[at] == '9')
            {
                kept[at--] = '0';
            }

            if (at < 0)
            {
                return ("1" + new string(kept, 0, digits - 1), exponent + 1);
            }

            kept[at]++;
        }

        return (new string(kept), exponent);
    }
}
