using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Cluster.Tests.Telemetry;

/// <summary>Every line that is logged, with level, category and exception.</summary>
internal sealed class RecordedLog : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private (string Part, TaskCompletionSource Seen)? _awaited;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public Task NextAsync(string part)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _awaited = (part, seen);
        }

        return seen.Task;
    }

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose() { }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            if (_awaited is { } awaited && line.Contains(awaited.Part, StringComparison.Ordinal))
            {
                awaited.Seen.TrySetResult();
            }
        }
    }

    private sealed class Category(string name, RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Add($"{logLevel} {name}: {formatter(state, exception)}{exception}");
    }
}
