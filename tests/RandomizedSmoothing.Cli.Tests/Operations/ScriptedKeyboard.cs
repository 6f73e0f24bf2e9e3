using RandomizedSmoothing.Cli.Operations;

namespace RandomizedSmoothing.Cli.Tests.Operations;

/// <summary>Presses keys in order: characters as they are, control characters as the keys that make them.</summary>
internal sealed class ScriptedKeyboard(params object[] keys) : IKeyboard
{
    private readonly Queue<ConsoleKeyInfo> _keys = new(keys.SelectMany(Press));

    public int Columns { get; init; } = 80;

    public Action? Interrupt { get; private set; }

    public Task<ConsoleKeyInfo> ReadAsync(CancellationToken cancellation) =>
        _keys.TryDequeue(out var key)
            ? Task.FromResult(key)
            : throw new InvalidOperationException("The script has no more keys.");

    public IDisposable OnInterrupt(Action action)
    {
        Interrupt = action;
        return new Nothing();
    }

    private static IEnumerable<ConsoleKeyInfo> Press(object keys) =>
        keys switch
        {
            ConsoleKey key => [new ConsoleKeyInfo('\0', key, false, false, false)],
            (ConsoleKey key, ConsoleModifiers.Control) => [new ConsoleKeyInfo('\0', key, false, false, true)],
            string text => text.Select(c =>
                c switch
                {
                    '\n' => new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false),
                    '\t' => new ConsoleKeyInfo('\t', ConsoleKey.Tab, false, false, false),
                    _ => new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false),
                }
            ),
            _ => throw new ArgumentException($"{keys} is no key.", nameof(keys)),
        };

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
