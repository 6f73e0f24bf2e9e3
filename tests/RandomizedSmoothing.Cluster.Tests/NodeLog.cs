using System.Globalization;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>What the nodes of a test log, in the test's output: it is shown when the test fails.</summary>
internal sealed class NodeLog(ITestOutputHelper output) : ILoggerFactory, ILogger
{
    private readonly List<(string Part, TaskCompletionSource<string> Line)> _awaited = [];

    /// <summary>The next line that holds a text; asked for before whatever makes the nodes write it.</summary>
    public Task<string> NextAsync(string part)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
        {
            _awaited.Add((part, line));
        }

        return line.Task;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) =>
        Add(
            exception is null
                ? $"{logLevel}: {formatter(state, exception)}"
                : $"{logLevel}: {formatter(state, exception)} [{exception.GetType().Name}: {exception.Message}]"
        );

    /// <summary>Adds a line of the test's own.</summary>
    public void Add(string line)
    {
        lock (_awaited)
        {
            foreach (var (_, awaited) in _awaited.Where(a => line.Contains(a.Part, StringComparison.Ordinal)))
            {
                awaited.TrySetResult(line);
            }
        }

        try
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {line}"));
        }
        catch (InvalidOperationException)
        {
            // The test has ended before the node.
        }
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose() { }
}
