using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

public sealed class GroupCommitQueueTests
{
    [Fact]
    public async Task A_storage_that_is_away_for_long_does_not_fill_the_memory()
    {
        var asked = new TaskCompletionSource();
        var back = new TaskCompletionSource();
        await using var queue = new GroupCommitQueue<int>(async commit =>
        {
            asked.TrySetResult();
            await back.Task;
            await commit(0);
        });
        var first = queue.WriteAsync(Task.FromResult, default);
        await asked.Task;

        var waiting = Enumerable
            .Range(0, GroupCommitQueue<int>.MaxWaiting)
            .Select(number => queue.WriteAsync(_ => Task.FromResult(number), default))
            .ToList();
        var refusal = await Should.ThrowAsync<UserErrorException>(() => queue.WriteAsync(Task.FromResult, default));

        refusal.IsMistake.ShouldBeFalse();
        back.SetResult();
        await first;
        (await Task.WhenAll(waiting)).ShouldBe(Enumerable.Range(0, waiting.Count));
        (await queue.WriteAsync(_ => Task.FromResult(7), default)).ShouldBe(7);
    }
}
