using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Models.Devices;

namespace RandomizedSmoothing.Node.Options;

/// <summary>Parses single settings; what cannot be parsed is added to the problems and replaced by a harmless value.</summary>
internal sealed class SettingParser(RawSettings raw, List<string> problems)
{
    public NodeRoles Roles()
    {
        var roles = NodeRoles.None;
        foreach (var role in raw.Find(NodeSettings.Roles)?.Values ?? ["control", "worker"])
        {
            roles |= role switch
            {
                "control" => NodeRoles.Control,
                "worker" => NodeRoles.Worker,
                _ => Refuse(NodeSettings.Roles, role, "roles are control and worker", NodeRoles.None),
            };
        }

        return roles;
    }

    public string Address(NodeSetting setting, string otherwise)
    {
        var text = raw.Find(setting)?.Text ?? otherwise;
        return Uri.CheckHostName(text) == UriHostNameType.Unknown
            ? Refuse(setting, text, "a host name or an IP address is expected, without a port", otherwise)
            : text;
    }

    public int Port(NodeSetting setting, int otherwise)
    {
        var text = raw.Find(setting)?.Text;
        return text is null ? otherwise
            : TryPort(text, out var port) ? port
            : Refuse(setting, text, "a TCP port is a whole number from 0 to 65535", otherwise);
    }

    public HostAndPort Endpoint(NodeSetting setting, HostAndPort otherwise, bool address)
    {
        var text = raw.Find(setting)?.Text;
        if (text is null)
        {
            return otherwise;
        }

        return
            TryEndpoint(text, out var endpoint)
            && (!address || IPAddress.TryParse(endpoint.Host, out _) || endpoint.Host == "localhost")
            ? endpoint
            : Refuse(
                setting,
                text,
                "an IP address and a port are expected, as 127.0.0.1:8080 or [::1]:8080",
                otherwise
            );
    }

    public IReadOnlyList<HostAndPort> Endpoints(NodeSetting setting)
    {
        var endpoints = new List<HostAndPort>();
        foreach (var text in raw.Find(setting)?.Values ?? [])
        {
            if (TryEndpoint(text, out var endpoint) && endpoint.Port > 0)
            {
                endpoints.Add(endpoint);
            }
            else
            {
                Refuse(setting, text, "a host and a port are expected, as control-0:4053", endpoint);
            }
        }

        return endpoints;
    }

    public IReadOnlyList<Uri>? Urls(NodeSetting setting)
    {
        if (raw.Find(setting) is not { } given)
        {
            return null;
        }

        var urls = new List<Uri>();
        foreach (var text in given.Values)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                urls.Add(url);
            }
            else
            {
                Refuse(setting, text, "an address like http://control-0:8080 is expected", url);
            }
        }

        return urls;
    }

    public TimeSpan Duration(NodeSetting setting, int otherwiseSeconds, int leastSeconds, int mostSeconds)
    {
        var otherwise = TimeSpan.FromSeconds(otherwiseSeconds);
        var text = raw.Find(setting)?.Text;
        if (text is null)
        {
            return otherwise;
        }

        if (!Durations.TryParse(text, out var duration))
        {
            return Refuse(setting, text, "a duration is a number with ms, s, m or h, as 30s", otherwise);
        }

        return duration.TotalSeconds < leastSeconds || duration.TotalSeconds > mostSeconds
            ? Refuse(
                setting,
                text,
                $"it must lie between {Durations.Format(TimeSpan.FromSeconds(leastSeconds))} and {Durations.Format(TimeSpan.FromSeconds(mostSeconds))}",
                otherwise
            )
            : duration;
    }

    public LedgerLocation Ledger(string defaultPath)
    {
        var text = raw.Find(NodeSettings.Ledger)?.Text ?? "sqlite:" + defaultPath;
        var fallback = new LedgerLocation(LedgerKind.Sqlite, defaultPath);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var target = colon < 0 ? "" : text[(colon + 1)..].Trim();
        return (colon < 0 ? text : text[..colon], target) switch
        {
            ("sqlite", not "") => new LedgerLocation(LedgerKind.Sqlite, Path.GetFullPath(target)),
            ("postgres", not "") => LedgerConnection.Parse(target, raw, problems) ?? fallback,
            // The text may hold a password: it is not repeated.
            _ => Refuse(NodeSettings.Ledger, null, "it must read sqlite:PATH or postgres:CONNECTION", fallback),
        };
    }

    public DeviceSelection Devices()
    {
        var text = raw.Find(NodeSettings.Devices)?.Text ?? "auto";
        return DeviceSelection.TryParse(text, out var selection) is { } wrong
            ? Refuse(NodeSettings.Devices, text, wrong, selection)
            : selection;
    }

    public LogLevel LogLevel(LogLevel otherwise)
    {
        var text = raw.Find(NodeSettings.LogLevel)?.Text;
        return text switch
        {
            null => otherwise,
            "debug" => Microsoft.Extensions.Logging.LogLevel.Debug,
            "information" => Microsoft.Extensions.Logging.LogLevel.Information,
            "warning" => Microsoft.Extensions.Logging.LogLevel.Warning,
            "error" => Microsoft.Extensions.Logging.LogLevel.Error,
            _ => Refuse(NodeSettings.LogLevel, text, "levels are debug, information, warning and error", otherwise),
        };
    }

    private T Refuse<T>(NodeSetting setting, string? value, string rule, T otherwise)
    {
        var origin = raw.Find(setting)?.Origin ?? setting.Flag;
        problems.Add(value is null ? $"{origin}: {rule}." : $"{origin} is '{value}': {rule}.");
        return otherwise;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;

    private static bool TryEndpoint(string text, out HostAndPort endpoint)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            host = "";
        }

        var valid = TryPort(text[(colon + 1)..], out var port) && Uri.CheckHostName(host) != UriHostNameType.Unknown;
        endpoint = new HostAndPort(host, port);
        return valid;
    }
}
