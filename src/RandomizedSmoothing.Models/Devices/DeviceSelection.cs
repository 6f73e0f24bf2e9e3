using System.Globalization;

namespace RandomizedSmoothing.Models.Devices;

/// <summary>
/// The devices that a text asks for, before anybody has looked whether they are there: <c>auto</c>, <c>cpu</c>, <c>cpu:N</c>,
/// <c>cuda</c>, <c>cuda:I</c>, <c>cuda:I,J</c>, or several of these separated by commas.
/// </summary>
public sealed class DeviceSelection
{
    /// <summary>Most devices on a processor.</summary>
    public const int MostCpus = 1024;

    /// <summary>What may be written, for messages and helps.</summary>
    public const string Forms =
        "auto (every GPU, else one device per two cores), cpu:N (N on the processor), cuda (every GPU), cuda:I,J (GPUs I and J, each GPU once), or several of these separated by commas";

    private DeviceSelection(IReadOnlyList<DevicePart> parts) => Parts = parts;

    /// <summary>Every GPU, else the processor.</summary>
    public static DeviceSelection Automatic { get; } = new([new DevicePart("auto", null)]);

    /// <summary>What is asked for, in the order of the text; at least one.</summary>
    public IReadOnlyList<DevicePart> Parts { get; }

    /// <summary>Reads a text.</summary>
    /// <returns>Null, or what is wrong with it: a clause that can follow a colon.</returns>
    public static string? TryParse(string text, out DeviceSelection selection)
    {
        var parts = new List<DevicePart>();
        selection = Automatic;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A number by itself is one more of the GPUs that stand before it.
            var whole =
                parts is [.., { Kind: "cuda", Number: not null }] && char.IsAsciiDigit(word[0]) ? $"cuda:{word}" : word;
            if (Part(whole) is not { } part)
            {
                return $"'{word}' is none of the forms {Forms}";
            }

            if (parts.Contains(part) || (part.Kind == "cpu" && parts.Any(p => p.Kind == "cpu")))
            {
                return $"{part} is one too many; write {Forms}";
            }

            parts.Add(part);
        }

        if (parts.Count == 0)
        {
            return $"nothing is asked for; write {Forms}";
        }

        selection = parts is [{ Kind: "auto" }] ? Automatic : new DeviceSelection(parts);
        return null;
    }

    /// <inheritdoc />
    public override string ToString() =>
        string.Concat(
            Parts.Select(
                (p, i) =>
                    i == 0 ? $"{p}"
                    : Continues(i) ? $",{p.Number}"
                    : $",{p}"
            )
        );

    private bool Continues(int index) =>
        Parts[index] is { Kind: "cuda", Number: not null } && Parts[index - 1] is { Kind: "cuda", Number: not null };

    private static DevicePart? Part(string word)
    {
        var (kind, number) = word.Split(':', 2) is [var k, var n] ? (k, n) : (word, null);
        int? value = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v : null;
        return (kind, number, value) switch
        {
            ("auto" or "cuda", null, _) => new DevicePart(kind, null),
            ("cpu", null, _) => new DevicePart(kind, 1),
            ("cpu", _, >= 1 and <= MostCpus) or ("cuda", _, not null) => new DevicePart(kind, value),
            _ => null,
        };
    }
}

/// <summary>One part of a list of devices.</summary>
/// <param name="Kind"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Number">How many processor devices, or which GPU; null for all there are.</param>
public readonly record struct DevicePart(string Kind, int? Number)
{
    /// <inheritdoc />
    public override string ToString() => Number is { } number ? $"{Kind}:{number}" : Kind;
}
