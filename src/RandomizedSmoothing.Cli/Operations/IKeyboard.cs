namespace RandomizedSmoothing.Cli.Operations;

/// <summary>Keys as they are pressed, and the width of the screen that shows them.</summary>
public interface IKeyboard
{
    /// <summary>The number of characters on a line of the screen.</summary>
    int Columns { get; }

    /// <summary>The next key; the terminal does not show it. Ctrl-C is a key like any other while this waits.</summary>
    Task<ConsoleKeyInfo> ReadAsync(CancellationToken cancellation);

    /// <summary>Calls <paramref name="action"/> at Ctrl-C until the result is disposed, in place of ending the process.</summary>
    IDisposable OnInterrupt(Action action);
}
