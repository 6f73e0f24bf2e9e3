using System.Runtime.CompilerServices;

namespace RandomizedSmoothing.Reporting.Tests;

/// <summary>
/// Compares text with a committed file that a person approved. Where they differ, the new text is written beside it as
/// <c>.received.txt</c>; approve it by renaming it over the old one.
/// </summary>
internal static class Approved
{
    public static void Match(string text, string name, [CallerFilePath] string source = "")
    {
        var folder = Path.GetDirectoryName(source)!;
        var approved = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source)}.{name}.approved.txt");
        var received = Path.ChangeExtension(Path.ChangeExtension(approved, null), ".received.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : null;
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        text.ShouldBe(expected, $"The text differs from {approved}; it was written to {received}.");
    }
}
