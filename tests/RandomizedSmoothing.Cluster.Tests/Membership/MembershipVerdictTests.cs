using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Tests.Membership;

/// <summary>When a node takes itself for left out.</summary>
public sealed class MembershipVerdictTests
{
    private static readonly ClusterWeight Two = new(2, 4, "a");
    private static readonly ClusterWeight One = new(1, 1, "c");
    private readonly MembershipVerdict _verdict = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10));

    [Fact]
    public void A_node_that_nobody_answers_waits_for_ever() => Run(0, 100_000, isUp: false, null).ShouldBeNull();

    [Fact]
    public void A_node_that_an_existing_cluster_does_not_let_in_is_out_after_a_minute()
    {
        Run(0, 58, isUp: false, Answer(knows: false, Two)).ShouldBeNull();

        Run(60, 64, isUp: false, Answer(knows: false, Two)).ShouldNotBeNull().ShouldContain("not let this node in");
    }

    [Fact]
    public void Answers_of_nodes_that_are_no_members_themselves_do_not_count()
    {
        var guest = Answer(knows: false, new ClusterWeight(0, 0, "")) with { IsUp = false };

        Run(0, 200, isUp: false, guest).ShouldBeNull();
        Run(202, 400, isUp: true, guest).ShouldBeNull();
    }

    [Fact]
    public void Of_two_clusters_the_smaller_ends()
    {
        Run(0, 8, isUp: true, Answer(knows: false, Two)).ShouldBeNull();

        Run(10, 14, isUp: true, Answer(knows: false, Two)).ShouldNotBeNull().ShouldContain("2 control nodes");
        new MembershipVerdict(TimeSpan.Zero, TimeSpan.Zero).Judge(true, One, TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public void The_larger_stays() => Run(0, 100, isUp: true, Answer(knows: false, One), own: Two).ShouldBeNull();

    [Fact]
    public void Exactly_one_of_two_equal_clusters_ends()
    {
        var other = One with { First = "b" };

        One.CompareTo(other).ShouldBeLessThan(0);
        other.CompareTo(One).ShouldBeGreaterThan(0);
        One.CompareTo(One).ShouldBe(0);
    }

    [Fact]
    public void A_node_that_is_known_again_in_time_stays()
    {
        Run(0, 8, isUp: true, Answer(knows: false, Two));
        Run(10, 12, isUp: true, Answer(knows: true, Two)).ShouldBeNull();

        Run(14, 22, isUp: true, Answer(knows: false, Two)).ShouldBeNull();
    }

    [Fact]
    public void An_answer_of_long_ago_is_forgotten()
    {
        Run(0, 8, isUp: true, Answer(knows: false, Two));

        Run(30, 60, isUp: true, null).ShouldBeNull();
    }

    [Fact]
    public void A_control_node_with_another_ledger_than_those_before_it_is_out_at_once()
    {
        Judge(isUp: false, "mine", Answer(knows: false, Two) with { Ledger = "theirs" })
            .ShouldNotBeNull()
            .ShouldContain("seed, which was there before this one, records in another ledger");
        Judge(isUp: true, "mine", Answer(knows: true, Two) with { Ledger = "theirs" }).ShouldNotBeNull();
    }

    [Fact]
    public void Nobody_is_out_for_the_ledger_where_it_is_the_same_or_not_known_or_the_cluster_is_another()
    {
        Judge(isUp: false, "mine", Answer(knows: false, Two) with { Ledger = "mine" }).ShouldBeNull();
        Judge(isUp: true, "mine", Answer(knows: true, Two)).ShouldBeNull();
        Judge(isUp: true, "", Answer(knows: true, Two) with { Ledger = "theirs" }).ShouldBeNull();
        Judge(isUp: true, "mine", Answer(knows: false, One) with { Ledger = "theirs" }).ShouldBeNull();
    }

    private static string? Judge(bool isUp, string ledger, MembershipProtocol.Present answer)
    {
        var verdict = new MembershipVerdict(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10), ledger);
        verdict.Heard(answer, TimeSpan.Zero);
        return verdict.Judge(isUp, One, TimeSpan.Zero);
    }

    private static MembershipProtocol.Present Answer(bool knows, ClusterWeight cluster) =>
        new("seed", IsUp: true, knows, cluster);

    // Every two seconds from one time to another; the last word.
    private string? Run(int from, int to, bool isUp, MembershipProtocol.Present? answer, ClusterWeight? own = null)
    {
        string? last = null;
        for (var second = from; second <= to; second += 2)
        {
            var now = TimeSpan.FromSeconds(second);
            if (answer is not null)
            {
                _verdict.Heard(answer, now);
            }

            last = _verdict.Judge(isUp, own ?? One, now);
        }

        return last;
    }
}
