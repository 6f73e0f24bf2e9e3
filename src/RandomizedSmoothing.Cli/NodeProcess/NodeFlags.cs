using System.Collections;
using System.CommandLine;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.NodeProcess;

/// <summary>The flags of <c>rsmooth node</c>, one for each of <see cref="NodeSettings"/>.</summary>
internal sealed class NodeFlags
{
    private readonly IReadOnlyList<(NodeSetting Setting, Option<string[]> Option)> _flags;

    public NodeFlags() =>
        _flags = [
            .. NodeSettings.All.Select(setting =>
                (
                    setting,
                    new Option<string[]>(setting.Flag)
                    {
                        Description =
                            $"{setting.Description.Replace("`", "")} Default: {setting.Default.Replace("`", "")}.",
                        HelpName = setting.Form,
                        Recursive = true,
                        AllowMultipleArgumentsPerToken = false,
                        Arity = ArgumentArity.OneOrMore,
                    }
                )
            ),
        ];

    /// <summary>Offers the flags on a command and everything below it.</summary>
    public void AddTo(Command command)
    {
        foreach (var (_, option) in _flags)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The settings from these flags, the environment and the settings files.</summary>
    public NodeOptions Read(ParseResult parsed, IDictionary environment)
    {
        var given = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (setting, option) in _flags)
        {
            if (parsed.GetValue(option) is { Length: > 0 } values)
            {
                given[setting.Name] = values;
            }
        }

        return NodeOptionsReader.Read(
            given,
            environment
                .Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal)
        );
    }
}
