using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace RandomizedSmoothing.Cluster.Telemetry;

/// <summary>Where <see cref="ActorSystemLog"/> writes to.</summary>
internal sealed class ActorSystemLogSetup(ILoggerFactory logging, TimeProvider time) : Setup
{
    public ILoggerFactory Logging => logging;

    public TimeProvider Time => time;
}

/// <summary>
/// Writes what the actor system itself tells to the node's log, under the class that tells it. What is tried every few seconds
/// while a peer is away is told once in ten minutes, and every time at level debug. Of failed connections the cause is told and
/// not the stack.
/// </summary>
internal sealed partial class ActorSystemLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private const string Remote = "Akka.Remote";

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private readonly ILoggerFactory _logging;
    private readonly RepeatedLines _lines;

    public ActorSystemLog()
    {
        var setup =
            Context.System.Settings.Setup.Get<ActorSystemLogSetup>().GetOrElse(null!)
            ?? throw new InvalidOperationException($"The actor system was made without {nameof(ActorSystemLogSetup)}.");
        (_logging, _lines) = (setup.Logging, new RepeatedLines(Quiet, setup.Time));
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private void Write(LogEvent told)
    {
        var category = CategoryOf(told);
        var source = SourceOf(told.LogSource);
        var text = told.Message?.ToString() ?? "";
        var level = LevelOf(told.LogLevel());
        var cause = told.Cause;
        if (category.StartsWith(Remote, StringComparison.Ordinal))
        {
            text = Stack().Replace(text, frames => frames.Value.EndsWith(']') ? "]" : "");
            var reason = cause?.GetBaseException().Message ?? "";
            text = text.Contains(reason, StringComparison.Ordinal) ? text : $"{text} {reason}";
            cause = null;
        }

        if (IsAnAttempt(category) && !_lines.IsNew($"{source} {Count().Replace(text, "")}"))
        {
            level = Level.Debug;
        }

        _logging.CreateLogger(category).Log(level, cause, "{Message} [{Source}]", text.Trim(), source);
    }

    private static string CategoryOf(LogEvent told) =>
        told.LogSource.StartsWith("remoting", StringComparison.Ordinal)
        || told.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal)
            ? Remote
            : told.LogClass.FullName ?? "Akka";

    private static bool IsAnAttempt(string category) =>
        category.StartsWith(Remote, StringComparison.Ordinal)
        || category.StartsWith("Akka.Cluster.Sharding", StringComparison.Ordinal)
        || category.Contains("SeedNodeProcess", StringComparison.Ordinal);

    // How many attempts there were, or messages that wait, is no news.
    [GeneratedRegex(@"\[\d+\]", RegexOptions.CultureInvariant)]
    private static partial Regex Count();

    [GeneratedRegex(@"(\r?\n\s+at [^\n]*)+", RegexOptions.CultureInvariant)]
    private static partial Regex Stack();

    // Addresses stand escaped in the names of connections; the number behind that of an attempt counts them.
    private static string SourceOf(string name)
    {
        const string Attempt = "/akkaProtocol-";
        var source = Uri.UnescapeDataString(name);
        var start = source.IndexOf(Attempt, StringComparison.Ordinal);
        if (start < 0)
        {
            return source;
        }

        var peer = source[(start + Attempt.Length)..];
        var end = peer.LastIndexOf('-');
        return end < 0 ? peer : peer[..end];
    }

    private static Level LevelOf(AkkaLevel level) =>
        level switch
        {
            AkkaLevel.DebugLevel => Level.Debug,
            AkkaLevel.InfoLevel => Level.Information,
            AkkaLevel.WarningLevel => Level.Warning,
            _ => Level.Error,
        };
}
