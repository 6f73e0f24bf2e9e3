using System.Text.Json;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RandomizedSmoothing.Node.Options;

/// <summary>
/// A settings file: the block <c>rsmooth</c> holds settings of the node by name, the block <c>akka</c> goes to the actor system
/// as it stands. JSON is a subset of HOCON, so both forms say the same.
/// </summary>
internal sealed class SettingsFile
{
    private static readonly string[] Blocks = ["rsmooth", "akka", "petabridge"];

    private SettingsFile() { }

    /// <summary>The text, or null when the file could not be read.</summary>
    public string? Text { get; private set; }

    /// <summary>Values by setting name.</summary>
    public Dictionary<string, IReadOnlyList<string>> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the file, one sentence each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Reads and checks a file; never throws for its content.</summary>
    public static SettingsFile Read(string path)
    {
        var file = new SettingsFile();
        try
        {
            var text = File.ReadAllText(path);
            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                // HOCON forgives what JSON does not; a file that claims to be JSON is held to it, with line and column.
                using var _ = JsonDocument.Parse(
                    text,
                    new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Disallow }
                );
            }

            file.TakeHocon(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Problems.Add($"The settings file {path} cannot be read: {e.Message}");
        }
        catch (JsonException e)
        {
            file.Problems.Add(
                $"The settings file {path} is not JSON: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}. {FirstSentence(e.Message)}"
            );
        }

        return file;
    }

    private void TakeHocon(string path, string text)
    {
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(text);
        }
        catch (Exception e)
        {
            // The parser of Akka throws plain exceptions of several kinds for malformed text.
            Problems.Add($"The settings file {path} is not HOCON: {e.Message}");
            return;
        }

        TakeBlocks(path, config);
        Text = text;
    }

    private void TakeBlocks(string path, Config config)
    {
        if (config.IsEmpty)
        {
            return;
        }

        foreach (var (block, value) in config.Root.GetObject().Items)
        {
            if (!Blocks.Contains(block))
            {
                Problems.Add(
                    $"The settings file {path} has a block '{block}'; known are rsmooth (settings of the node) and akka (the actor system)."
                );
            }
            else if (block == "rsmooth")
            {
                TakeSettings(path, value);
            }
        }
    }

    private void TakeSettings(string path, HoconValue block)
    {
        foreach (var (name, value) in block.GetObject().Items)
        {
            if (!NodeSettings.All.Any(s => s.Name == name) || name == NodeSettings.Config.Name)
            {
                var near = Spelling.Nearest(name, NodeSettings.All.Select(s => s.Name));
                Problems.Add(
                    $"rsmooth.{name} in {path} is not a setting"
                        + (near is null ? "." : $"; did you mean rsmooth.{near}?")
                );
            }
            else
            {
                Values[name] = value.IsArray() ? [.. value.GetStringList()] : [value.GetString()];
            }
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}
