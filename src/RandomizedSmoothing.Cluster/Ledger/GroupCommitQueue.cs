using System.Threading.Channels;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// Commits writes in the order they were asked for, many in one transaction: whatever queued up while the last commit was
/// flushed to disk goes into the next. A write's task completes after its commit.
/// </summary>
/// <typeparam name="TSession">What a write works on: a connection inside an open transaction.</typeparam>
internal sealed class GroupCommitQueue<TSession> : IAsyncDisposable
{
    /// <summary>
    /// Writes that wait at most. Devices ask for no more than a few each; those of users, who may ask again and again while the
    /// storage is away, have no other bound.
    /// </summary>
    public const int MaxWaiting = 16_384;

    private const int MaxBatch = 256;

    private readonly Channel<IPendingWrite> _queue = Channel.CreateBounded<IPendingWrite>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private readonly Func<Func<TSession, Task>, Task> _inTransaction;
    private readonly Task _loop;
    private volatile bool _closed;

    /// <summary>Starts the queue.</summary>
    /// <param name="inTransaction">
    /// Runs its argument in a transaction and commits; may run it again after a rollback, when the failure was transient.
    /// </param>
    public GroupCommitQueue(Func<Func<TSession, Task>, Task> inTransaction)
    {
        _inTransaction = inTransaction;
        _loop = Task.Run(CommitAllAsync);
    }

    /// <summary>Queues a write.</summary>
    /// <returns>The write's result, once it is durable. Cancelling abandons the wait, not the write.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    /// <exception cref="UserErrorException">The queue is full; nothing of the write was or will be done.</exception>
    public Task<TResult> WriteAsync<TResult>(Func<TSession, Task<TResult>> write, CancellationToken cancellation)
    {
        var pending = new PendingWrite<TResult>(write);
        if (!_queue.Writer.TryWrite(pending))
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return Task.FromException<TResult>(
                new UserErrorException(
                    $"The ledger does not keep up: {MaxWaiting} writes wait for it, and no more are taken. Check its disk or its server; "
                        + "nothing that was recorded is lost."
                )
                {
                    ExitCode = 1,
                }
            );
        }

        return pending.Completion.WaitAsync(cancellation);
    }

    /// <summary>Commits what is queued, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task CommitAllAsync()
    {
        var batch = new List<IPendingWrite>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            if (await TryCommitAsync(batch) is { } failure)
            {
                await CommitOneByOneAsync(batch, failure);
            }
        }
    }

    private async Task CommitOneByOneAsync(List<IPendingWrite> batch, Exception failure)
    {
        // A storage that refuses has been given its time: the others of the batch do not wait as long again, one by one.
        if (batch.Count == 1 || IsOfStorage(failure))
        {
            batch.ForEach(pending => pending.Fail(failure));
            return;
        }

        for (var next = 0; next < batch.Count; next++)
        {
            if (await TryCommitAsync([batch[next]]) is { } ownFailure)
            {
                batch[next].Fail(ownFailure);
                if (IsOfStorage(ownFailure))
                {
                    batch[(next + 1)..].ForEach(pending => pending.Fail(ownFailure));
                    return;
                }
            }
        }
    }

    private static bool IsOfStorage(Exception failure) => failure is UserErrorException { ExitCode: 1 };

    private async Task<Exception?> TryCommitAsync(IReadOnlyList<IPendingWrite> batch)
    {
        try
        {
            await _inTransaction(async session =>
            {
                foreach (var pending in batch)
                {
                    await pending.RunAsync(session);
                }
            });
        }
        catch (Exception error)
        {
            return error;
        }

        foreach (var pending in batch)
        {
            pending.Succeed();
        }

        return null;
    }

    private interface IPendingWrite
    {
        Task RunAsync(TSession session);

        void Succeed();

        void Fail(Exception error);
    }

    private sealed class PendingWrite<TResult>(Func<TSession, Task<TResult>> write) : IPendingWrite
    {
        private readonly TaskCompletionSource<TResult> _completion = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private TResult? _result;

        public Task<TResult> Completion => _completion.Task;

        public async Task RunAsync(TSession session) => _result = await write(session);

        public void Succeed() => _completion.TrySetResult(_result!);

        public void Fail(Exception error) => _completion.TrySetException(error);
    }
}
