using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>
/// A sweep's progress as server-sent events. Events of type <c>history</c> carry the number of the ledger's event as id, so a
/// reader that comes back with <c>Last-Event-ID</c> misses none; events of type <c>progress</c> are snapshots of the moment and
/// need no resuming. The snapshot of the final state comes last, after the whole history.
/// </summary>
public sealed class ProgressStream(TimeProvider time)
{
    /// <summary>Type of events that hold a <see cref="ProgressView"/>.</summary>
    public const string ProgressEvent = "progress";

    /// <summary>Type of events that hold an <see cref="EventView"/>.</summary>
    public const string HistoryEvent = "history";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Streams wake at multiples of this, so that many share a wake and a read; few enough at a time for other requests to pass.
    /// </summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.1);

    /// <summary>A snapshot is repeated after this long without a change, so that proxies keep the connection.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Readers of the same snapshot share its text.</summary>
    private readonly ConditionalWeakTable<SweepProgress, string> _texts = [];

    /// <summary>Reads until the sweep is final.</summary>
    /// <param name="progress">Asks for progress; null while the coordinator is not reachable.</param>
    /// <param name="history">Asks for events after a number, oldest first, some at a time; none when there are no more.</param>
    /// <param name="after">The number of the last event that the reader has.</param>
    /// <param name="cancellation">The reader went away.</param>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Func<CancellationToken, Task<SweepProgress?>> progress,
        Func<long, CancellationToken, Task<IReadOnlyList<EventView>>> history,
        long after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? sent = null;
        var sentAt = time.GetTimestamp();
        var wasFinal = false;
        while (true)
        {
            var now = await progress(cancellation);
            while (await history(after, cancellation) is { Count: > 0 } lines)
            {
                foreach (var line in lines)
                {
                    after = line.Number;
                    yield return new SseItem<string>(Text(line), HistoryEvent) { EventId = line.Number.ToString() };
                }
            }

            // The coordinator knows of the end before the ledger has the line that says so: another look finds it.
            if (now is not null && now.IsFinal == wasFinal)
            {
                var text = _texts.GetValue(now, static snapshot => Text(ProgressView.From(snapshot)));
                if (text != sent || time.GetElapsedTime(sentAt) > Silence)
                {
                    (sent, sentAt) = (text, time.GetTimestamp());
                    yield return new SseItem<string>(text, ProgressEvent);
                }

                if (now.IsFinal)
                {
                    yield break;
                }
            }

            wasFinal = now?.IsFinal ?? wasFinal;
            await Task.Delay(UntilNextLook(), time, cancellation);
        }
    }

    private TimeSpan UntilNextLook() => Interval - new TimeSpan(time.GetElapsedTime(0).Ticks % Beat.Ticks);

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);
}
