using System.Text.RegularExpressions;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// Weights in several files (<c>model-00001-of-00003.safetensors</c> and <c>model.safetensors.index.json</c>): a model here is one
/// file with one digest.
/// </summary>
internal static partial class ModelShards
{
    /// <summary>Refuses a part, or the list of parts, with the lines that join them.</summary>
    /// <exception cref="UserErrorException">The name is that of a part or of the list.</exception>
    public static void RequireWhole(string path)
    {
        var name = Path.GetFileName(path);
        var part = PartName().Match(name);
        if (!part.Success && !name.EndsWith(".safetensors.index.json", StringComparison.Ordinal))
        {
            return;
        }

        var stem = part.Success ? part.Groups["stem"].Value : name[..name.IndexOf('.', StringComparison.Ordinal)];
        var what = part.Success ? $"part {part.Groups["number"]} of {part.Groups["count"]}" : "the list of the parts";
        throw new UserErrorException(
            $"'{path}' is {what} of a model in several files, and one file is needed. Join them in Python, where they lie, and name the new "
                + "file:\n"
                + "    import glob; from safetensors.torch import load_file, save_file\n"
                + $"    save_file({{k: v for f in sorted(glob.glob(\"{stem}-*-of-*.safetensors\")) for k, v in load_file(f).items()}}, "
                + $"\"{stem}.safetensors\")"
        );
    }

    [GeneratedRegex(@"^(?<stem>.+)-0*(?<number>\d+)-of-0*(?<count>\d+)\.safetensors$", RegexOptions.ExplicitCapture)]
    private static partial Regex PartName();
}
