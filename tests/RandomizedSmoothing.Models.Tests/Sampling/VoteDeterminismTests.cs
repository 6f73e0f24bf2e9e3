using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Tests.Sampling;

public sealed class VoteDeterminismTests : IClassFixture<VoteDeterminismTests.Digits>
{
    private readonly Digits _digits;

    public VoteDeterminismTests(Digits digits) => _digits = digits;

    [Fact]
    public void Votes_are_the_same_however_the_images_are_split_into_shards() =>
        Gen.Int[1, 30]
            .Array[1, 8]
            .Sample(
                sizes =>
                {
                    var votes = new RecordedVotes();
                    var first = 0;
                    foreach (var size in sizes.Append(Digits.Images))
                    {
                        var count = Math.Min(size, Digits.Images - first);
                        if (count > 0)
                        {
                            _digits.Node.Runner.Run(_digits.Cell.Shard(first, count), votes, CancellationToken.None);
                            first += count;
                        }
                    }

                    votes.Votes.ShouldBe(_digits.Expected);
                },
                iter: 6,
                threads: 1
            );

    [Fact]
    public void Votes_are_the_same_when_counting_goes_on_from_any_prefix() =>
        Gen.Int[0, 25]
            .Sample(
                reports =>
                {
                    using var stop = new CancellationTokenSource();
                    var seen = 0;
                    var votes = new RecordedVotes
                    {
                        OnReport = _ =>
                        {
                            if (++seen > reports)
                            {
                                stop.Cancel();
                            }
                        },
                    };
                    Should.Throw<OperationCanceledException>(() =>
                        _digits.Impatient.Runner.Run(_digits.Cell.Whole(), votes, stop.Token)
                    );
                    votes.Snapshots.Count.ShouldBeGreaterThan(0);
                    votes.Votes.ShouldNotBe(_digits.Expected);
                    _digits.Node.Runner.Run(_digits.Cell.Whole(votes.Snapshots), votes, CancellationToken.None);
                    votes.Votes.ShouldBe(_digits.Expected);
                },
                iter: 6,
                threads: 1
            );

    [Fact]
    public void A_finished_shard_is_not_drawn_again()
    {
        var votes = new RecordedVotes();
        var finished = _digits.Counted.Snapshots;
        _digits.Node.Runner.Run(_digits.Cell.Whole(finished), votes, CancellationToken.None);
        votes.Reports.ShouldBe(0);
    }

    [Fact]
    public void Only_images_whose_selected_class_is_right_are_estimated_when_only_they_count()
    {
        var cell = _digits.Cell with
        {
            Sweep = _digits.Cell.Sweep with { Plan = Digits.Plan with { Images = CertifiedImages.Correct } },
        };
        var votes = new RecordedVotes();
        _digits.Node.Runner.Run(cell.Whole(), votes, CancellationToken.None);
        var labels = cell.Dataset.Labels;
        var expected = _digits.Counted.Snapshots.Where(v =>
            v.Stream == DrawStream.Selection
            || _digits.Counted.Of(v.ImageIndex, DrawStream.Selection).TopClass
                == labels[cell.Dataset.OrdinalOf(v.ImageIndex)]
        );
        votes.Votes.ShouldBe(expected.Select(v => (v.ImageIndex, v.Stream, v.Counts.ToString())));
    }

    [Fact]
    public void Counting_leaves_no_tensor_behind()
    {
        var statistics = TorchSharp.DisposeScopeManager.Statistics;
        _digits.Node.Runner.Run(_digits.Cell.Shard(0, 2), new RecordedVotes(), CancellationToken.None);
        var before = statistics.TensorStatistics.ThreadTotalLiveCount;
        _digits.Node.Runner.Run(_digits.Cell.Whole(), new RecordedVotes(), CancellationToken.None);
        statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    /// <summary>A network trained briefly on the digits, and the votes of an undisturbed run.</summary>
    public sealed class Digits : IDisposable
    {
        public const int Images = 60;

        public Digits()
        {
            Cell = Node.Trained(
                new DatasetSpec
                {
                    Name = "digits",
                    Skip = 3,
                    Max = Images,
                },
                "small-conv",
                0.5,
                new TrainSpec { Epochs = 2, MaxImages = 640 },
                Plan
            );
            Node.Runner.Run(Cell.Whole(), Counted, CancellationToken.None);
            Impatient.Artifacts.Publish(Node.Artifacts.Find(Cell.File)!, CancellationToken.None);
        }

        internal static CertificationPlan Plan { get; } = new() { N0 = 30, N = 333 };

        internal Smoothing Node { get; } = new();

        /// <summary>A node on whose clock an hour passes between any two looks, so that it reports after every batch.</summary>
        internal Smoothing Impatient { get; } = new(new HastyClock());

        internal Smoothing.Cell Cell { get; }

        internal RecordedVotes Counted { get; } = new();

        internal IReadOnlyList<(int, DrawStream, string)> Expected => Counted.Votes;

        public void Dispose()
        {
            Node.Dispose();
            Impatient.Dispose();
        }
    }

    private sealed class HastyClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency * 3600);
    }
}
