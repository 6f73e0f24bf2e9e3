using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Tests.Api;

public sealed class ProgressStreamTests
{
    private const int PageSize = 500;

    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    private int _lines = 6;
    private int _lateLines;

    [Fact]
    public async Task History_after_the_last_event_is_sent_with_its_numbers_and_the_stream_ends_with_the_sweep()
    {
        var items = await ReadAsync(after: 4, Progress(SweepState.Completed, 10));

        items
            .Select(i => (i.EventType, i.EventId))
            .ShouldBe([
                (ProgressStream.HistoryEvent, "5"),
                (ProgressStream.HistoryEvent, "6"),
                (ProgressStream.ProgressEvent, null),
            ]);
        var view = JsonSerializer.Deserialize<ProgressView>(items[^1].Data, ApiJson.Options)!;
        view.Final.ShouldBeTrue();
        JsonSerializer.Serialize(ProgressView.From(view.ToProgress()), ApiJson.Options).ShouldBe(items[^1].Data);
        view.ToProgress().Remaining.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_whole_history_is_sent_however_long_it_is()
    {
        _lines = 1204;

        var items = await ReadAsync(after: 0, Progress(SweepState.Completed, 10));

        items
            .Select(i => i.EventId)
            .ShouldBe([.. Enumerable.Range(1, 1204).Select(n => n.ToString(CultureInfo.InvariantCulture)), null]);
    }

    [Fact]
    public async Task A_line_that_reaches_the_ledger_after_the_sweep_has_ended_is_sent_before_the_end()
    {
        _lateLines = 1;

        var items = await ReadAsync(after: 4, Progress(SweepState.Running, 9), Progress(SweepState.Completed, 10));

        items.Select(i => i.EventId).ShouldBe(["5", "6", null, "7", null]);
    }

    [Fact]
    public async Task A_snapshot_is_sent_only_when_something_changed()
    {
        var items = await ReadAsync(
            after: 6,
            Progress(SweepState.Running, 1),
            Progress(SweepState.Running, 1),
            Progress(SweepState.Running, 2),
            null,
            Progress(SweepState.Cancelled, 2)
        );

        items.Select(i => JsonSerializer.Deserialize<ProgressView>(i.Data, ApiJson.Options)!.Draws).ShouldBe([1, 2, 2]);
    }

    [Fact]
    public async Task Streams_that_began_shortly_after_each_other_look_together()
    {
        var time = new FakeTimeProvider();
        var looks = new List<DateTimeOffset>();
        using var end = new CancellationTokenSource();

        // Without the test's context continuations run where the clock moves.
        await Task.Run(() =>
        {
            for (var i = 0; i < 9; i++)
            {
                _ = FollowAsync();
                time.Advance(TimeSpan.FromMilliseconds(10));
            }

            time.Advance(TimeSpan.FromSeconds(0.9));
            looks.Count.ShouldBe(9, "none looks again within nine tenths of a second");
            time.Advance(TimeSpan.FromSeconds(0.1));
            looks.Skip(9).Distinct().Count().ShouldBe(1);
            time.Advance(TimeSpan.FromSeconds(1));
            looks.Count.ShouldBe(27);
            looks.Skip(18).Distinct().Count().ShouldBe(1);
        });
        await end.CancelAsync();

        async Task FollowAsync()
        {
            await foreach (
                var _ in new ProgressStream(time).ReadAsync(
                    _ =>
                    {
                        looks.Add(time.GetUtcNow());
                        return Task.FromResult<SweepProgress?>(null);
                    },
                    (_, _) => Task.FromResult<IReadOnlyList<EventView>>([]),
                    0,
                    end.Token
                )
            ) { }
        }
    }

    private async Task<List<System.Net.ServerSentEvents.SseItem<string>>> ReadAsync(
        long after,
        params SweepProgress?[] moments
    )
    {
        var moment = 0;
        var items = new List<System.Net.ServerSentEvents.SseItem<string>>();
        var stream = new ProgressStream(_time).ReadAsync(
            _ =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(moments[Math.Min(moment++, moments.Length - 1)]);
            },
            (from, _) =>
                Task.FromResult<IReadOnlyList<EventView>>([
                    // The last lines come after the last moment was seen for the first time.
                    .. Enumerable
                        .Range(1, moment > moments.Length ? _lines + _lateLines : _lines)
                        .Where(n => n > from)
                        .Take(PageSize)
                        .Select(n => new EventView(n, _time.GetUtcNow(), "submitted", "text")),
                ]),
            after,
            CancellationToken.None
        );
        var enumerator = stream.GetAsyncEnumerator();
        while (true)
        {
            var next = enumerator.MoveNextAsync();
            while (!next.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            if (!await next)
            {
                return items;
            }

            items.Add(enumerator.Current);
        }
    }

    private static SweepProgress Progress(SweepState state, long draws) =>
        new()
        {
            Sweep = new SweepId("digits"),
            Name = "digits",
            State = state,
            Draws = draws,
            DrawsPlanned = 100,
            Remaining = TimeSpan.FromSeconds(3),
            Cells = [new CellProgress(new CellId("a/b/c/1"), 1, 2, draws, 0)],
            Trainings = [new TrainingStatus(new ContentHash("ab"), "m", 0.5, 1, true, "w")],
            Warnings = ["careful"],
        };
}
