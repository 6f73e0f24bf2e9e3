namespace RandomizedSmoothing.Cli.Operations;

/// <summary>The keyboard of the process's own console.</summary>
internal sealed class ConsoleKeyboard : IKeyboard
{
    public int Columns => Console.WindowWidth > 0 ? Console.WindowWidth : 80;

    public async Task<ConsoleKeyInfo> ReadAsync(CancellationToken cancellation)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return await Task.Run(() => Console.ReadKey(intercept: true), cancellation);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    public IDisposable OnInterrupt(Action action) => new Interrupt(action);

    private sealed class Interrupt : IDisposable
    {
        private readonly ConsoleCancelEventHandler _handler;

        public Interrupt(Action action)
        {
            _handler = (_, pressed) =>
            {
                pressed.Cancel = true;
                action();
            };
            Console.CancelKeyPress += _handler;
        }

        public void Dispose() => Console.CancelKeyPress -= _handler;
    }
}
