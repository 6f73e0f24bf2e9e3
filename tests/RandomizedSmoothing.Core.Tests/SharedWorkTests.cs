namespace RandomizedSmoothing.Core.Tests;

public sealed class SharedWorkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SharedWork<string, int> _work = new();
    private readonly TaskCompletionSource<int> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CancellationToken> _begun = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private int _times;

    [Fact]
    public async Task Those_who_ask_at_once_get_one_outcome_and_a_later_one_begins_anew()
    {
        var first = _work.DoAsync("a", WorkAsync, default);
        var second = _work.DoAsync("a", WorkAsync, default);
        _outcome.SetResult(7);

        (await first).ShouldBe(7);
        (await second).ShouldBe(7);
        _times.ShouldBe(1);
        (await _work.DoAsync("a", WorkAsync, default)).ShouldBe(7);
        _times.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_is_cancelled_leaves_alone()
    {
        using var cancelled = new CancellationTokenSource();
        var first = _work.DoAsync("a", WorkAsync, cancelled.Token);
        var second = _work.DoAsync("a", WorkAsync, default);
        var token = await _begun.Task.WaitAsync(Patience);

        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(first);
        token.IsCancellationRequested.ShouldBeFalse();
        _outcome.SetResult(7);
        (await second).ShouldBe(7);
    }

    [Fact]
    public async Task The_last_one_to_leave_ends_the_work()
    {
        using var cancelled = new CancellationTokenSource();
        var only = _work.DoAsync("a", WorkAsync, cancelled.Token);
        var token = await _begun.Task.WaitAsync(Patience);

        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(only);
        token.IsCancellationRequested.ShouldBeTrue();
        var again = _work.DoAsync("a", WorkAsync, default);
        _outcome.SetResult(7);
        (await again).ShouldBe(7);
        _times.ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_is_everybodys_and_is_not_kept()
    {
        var first = _work.DoAsync("a", WorkAsync, default);
        var second = _work.DoAsync("a", WorkAsync, default);
        _outcome.SetException(new InvalidDataException("torn"));

        (await Should.ThrowAsync<InvalidDataException>(first)).Message.ShouldBe("torn");
        await Should.ThrowAsync<InvalidDataException>(second);
        (await _work.DoAsync("a", _ => Task.FromResult(3), default)).ShouldBe(3);
        _work.Do("a", _ => 4, default).ShouldBe(4);
    }

    private Task<int> WorkAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _times);
        _begun.TrySetResult(cancellation);
        return _outcome.Task;
    }
}
