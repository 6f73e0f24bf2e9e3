using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Node.Tests;

/// <summary>Keeps every line of a node's log, with its level before it and the exception behind it.</summary>
internal sealed class LogLines(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose() { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => log.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
}
