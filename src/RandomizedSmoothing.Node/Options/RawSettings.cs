namespace RandomizedSmoothing.Node.Options;

/// <summary>The text given for one setting and the place it was written.</summary>
/// <param name="Values">One text, or several where the setting is repeatable.</param>
/// <param name="Origin">For people: <c>--port</c>, <c>RSMOOTH_PORT</c>, <c>rsmooth.port in node.json</c>.</param>
public sealed record RawSetting(IReadOnlyList<string> Values, string Origin)
{
    /// <summary>The values as they would be written in one text.</summary>
    public string Text => string.Join(',', Values);
}

/// <summary>What was written about a node's settings: flag over variable over file (a later file over an earlier one).</summary>
public sealed class RawSettings
{
    private readonly Dictionary<string, RawSetting> _settings = new(StringComparer.Ordinal);

    /// <summary>Problems found while reading, one sentence each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Oddities found while reading.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The texts of the settings files, first to last.</summary>
    public List<string> Files { get; } = [];

    /// <summary>What was written about a setting, or null.</summary>
    public RawSetting? Find(NodeSetting setting) => _settings.GetValueOrDefault(setting.Name);

    /// <summary>Reads flags, variables and the files that they name.</summary>
    /// <param name="flags">Given flags by setting name, without dashes.</param>
    /// <param name="environment">All environment variables.</param>
    public static RawSettings Read(
        IReadOnlyDictionary<string, IReadOnlyList<string>> flags,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var settings = new RawSettings();
        foreach (var setting in NodeSettings.All)
        {
            if (flags.TryGetValue(setting.Name, out var values) && values.Count > 0)
            {
                settings.Take(setting, values, setting.Flag);
            }
            else if (environment.TryGetValue(setting.Variable, out var text) && !string.IsNullOrWhiteSpace(text))
            {
                settings.Take(setting, [text], setting.Variable);
            }
        }

        settings.WarnOfUnknownVariables(environment.Keys);
        var files = settings.Find(NodeSettings.Config)?.Values ?? [];
        for (var i = files.Count - 1; i >= 0; i--)
        {
            settings.TakeFile(files[i]);
        }

        return settings;
    }

    private void Take(NodeSetting setting, IReadOnlyList<string> values, string origin)
    {
        if (!setting.Repeatable && values.Count > 1)
        {
            // A connection string may hold a password.
            var which = setting == NodeSettings.Ledger ? "" : $" ({string.Join(", ", values)})";
            Problems.Add($"{origin} is given {values.Count} times{which}: it takes one value.");
        }

        if (!_settings.ContainsKey(setting.Name))
        {
            var split = setting.Repeatable ? values.SelectMany(Split) : values.Select(v => v.Trim());
            _settings[setting.Name] = new RawSetting([.. split], origin);
        }
    }

    private static IEnumerable<string> Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void TakeFile(string path)
    {
        var file = SettingsFile.Read(path);
        Problems.AddRange(file.Problems);
        foreach (var (name, values) in file.Values)
        {
            var setting = NodeSettings.All.First(s => s.Name == name);
            Take(setting, values, $"{setting.Key} in {path}");
        }

        if (file.Text is not null)
        {
            Files.Insert(0, file.Text);
        }
    }

    private void WarnOfUnknownVariables(IEnumerable<string> names)
    {
        foreach (var name in names.Where(n => n.StartsWith("RSMOOTH_", StringComparison.Ordinal)).Order())
        {
            if (NodeSettings.All.Any(s => s.Variable == name) || KnownElsewhere.Contains(name))
            {
                continue;
            }

            var near = Spelling.Nearest(name, NodeSettings.All.Select(s => s.Variable));
            Warnings.Add(
                $"{name} is not a setting of a node and is ignored" + (near is null ? "." : $"; did you mean {near}?")
            );
        }
    }

    /// <summary>Variables of the other verbs and of the tests.</summary>
    private static readonly HashSet<string> KnownElsewhere =
    [
        "RSMOOTH_CLUSTER",
        "RSMOOTH_SHARED",
        "RSMOOTH_API_KEY",
        "RSMOOTH_API_KEY_FILE",
        "RSMOOTH_DEBUG",
        "RSMOOTH_LIBTORCH",
    ];
}
