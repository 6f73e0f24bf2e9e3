using Akka.Actor;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>Lets code outside the actors wait for changes of sweeps.</summary>
public sealed class SweepFeed
{
    private readonly Lock _lock = new();
    private readonly List<Listener> _listeners = [];

    /// <summary>Begins to note changes of a sweep; dispose to end.</summary>
    public Listener Listen(SweepId sweep)
    {
        var listener = new Listener(this, sweep);
        lock (_lock)
        {
            _listeners.Add(listener);
        }

        return listener;
    }

    internal void Publish(SweepEvents.SweepChanged change)
    {
        lock (_lock)
        {
            foreach (var listener in _listeners.Where(l => l.Sweep == change.Sweep))
            {
                listener.Signal();
            }
        }
    }

    private void Remove(Listener listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Notes that a sweep has changed since the last wait.</summary>
    public sealed class Listener : IDisposable
    {
        private readonly SweepFeed _feed;
        private readonly SemaphoreSlim _changed = new(0, 1);

        internal Listener(SweepFeed feed, SweepId sweep)
        {
            _feed = feed;
            Sweep = sweep;
        }

        internal SweepId Sweep { get; }

        /// <summary>Waits for a change since the last wait, at most for a time.</summary>
        /// <returns>Whether there was one.</returns>
        public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) =>
            _changed.WaitAsync(atMost, cancellation);

        /// <inheritdoc />
        public void Dispose()
        {
            _feed.Remove(this);
            _changed.Dispose();
        }

        internal void Signal()
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    /// <summary>Subscribes to whichever coordinator there is and passes on what it tells.</summary>
    internal sealed class Subscriber : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan Again = TimeSpan.FromSeconds(3);

        private readonly IActorRef _coordinator;

        public Subscriber(SweepFeed feed, IActorRef coordinator)
        {
            _coordinator = coordinator;
            Receive<SweepEvents.SweepChanged>(feed.Publish);
            Receive<Renew>(_ => _coordinator.Tell(new SweepEvents.Subscribe()));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("renew", new Renew(), TimeSpan.Zero, Again);

        private sealed record Renew : INoSerializationVerificationNeeded;
    }
}
