namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>The nodes of a test that runs them itself.</summary>
/// <param name="Control">Processor time that the control node has used.</param>
/// <param name="Worker">The same of the worker.</param>
/// <param name="Processors">Who computes on which processors, in words.</param>
internal sealed record OwnProcesses(Func<TimeSpan> Control, Func<TimeSpan> Worker, string Processors);
