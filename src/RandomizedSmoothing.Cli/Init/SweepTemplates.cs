using System.Text;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cli.Init;

/// <summary>The commented sweep files of <c>cluster-config/sweeps</c>, carried inside the program.</summary>
internal static partial class SweepTemplates
{
    private const string Folder = "sweeps/";

    /// <summary>Their names, the simplest first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(SweepTemplates)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Folder.Length..]))
            .OrderBy(name => name != "quickstart")
            .ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>A template under another name: the key <c>name:</c> and the path in its comments are replaced.</summary>
    /// <param name="template">One of <see cref="Names"/>.</param>
    /// <param name="name">The sweep's new name.</param>
    /// <param name="path">Where the file will be, as the user would type it.</param>
    public static string Render(string template, string name, string path)
    {
        var text = Read(template)
            .Replace($"cluster-config/sweeps/{template}.yaml", path, StringComparison.Ordinal)
            .Replace($"results/{template}", $"results/{name}", StringComparison.Ordinal);
        return NameLine().Replace(text, match => $"name: {name}".PadRight(match.Length), count: 1);
    }

    /// <summary>A name for a sweep in a file of this path.</summary>
    public static string NameFor(string path)
    {
        var slug = SweepIds.Slug(Path.GetFileNameWithoutExtension(path).Replace("__", "_", StringComparison.Ordinal));
        return slug.Length is > 0 and <= 60 ? slug : "sweep";
    }

    private static string Read(string template)
    {
        using var stream =
            typeof(SweepTemplates).Assembly.GetManifestResourceStream($"{Folder}{template}.yaml")
            ?? throw new UserErrorException(
                $"There is no sweep file '{template}' to start from. Use one of: {string.Join(", ", Names)}."
            );
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^name: [^ #\r\n]+ *", RegexOptions.Multiline)]
    private static partial Regex NameLine();
}
