using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Node.Tests.Api;

public sealed class SharedReadsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedReads<string, int> _reads;

    public SharedReadsTests() => _reads = new SharedReads<string, int>(TimeSpan.FromMilliseconds(250), _time);

    [Fact]
    public async Task Who_asks_while_the_ledger_is_away_hears_so_and_the_read_is_not_begun_again()
    {
        var begun = 0;
        var ledger = new TaskCompletionSource<int>();
        var asked = _reads.GetAsync("list", Read, default);

        _time.Advance(SharedReads<string, int>.Patience);

        var refusal = await Should.ThrowAsync<UserErrorException>(() => asked);
        refusal.Message.ShouldContain("within 10 seconds");
        refusal.IsMistake.ShouldBeFalse();
        var again = _reads.GetAsync("list", Read, default);
        ledger.SetResult(7);
        (await again).ShouldBe(7);
        begun.ShouldBe(1);

        Task<int> Read()
        {
            begun++;
            return ledger.Task;
        }
    }

    [Fact]
    public async Task A_read_that_fails_says_its_own_reason() =>
        (
            await Should.ThrowAsync<TimeoutException>(() =>
                _reads.GetAsync("list", () => Task.FromException<int>(new TimeoutException("own")), default)
            )
        ).Message.ShouldBe("own");
}
