using System.Globalization;
using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>
/// Whether a node has been left out, from what the control nodes that it is to join answer. A node that was never let in, or
/// whose removal has not reached it, would otherwise stay up outside the cluster for ever: its gossip is ignored by all.
/// </summary>
/// <param name="patience">How long a node may wait to be let in after the first answer.</param>
/// <param name="calm">How long answers must contradict this node's own view.</param>
/// <param name="ledger">Identity of this node's ledger; empty where it has none, or it is not known.</param>
internal sealed class MembershipVerdict(TimeSpan patience, TimeSpan calm, string ledger = "")
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (MembershipProtocol.Present Answer, TimeSpan At)> _answers = [];
    private TimeSpan? _waitingSince;
    private TimeSpan? _unknownSince;

    /// <summary>Whether any control node has ever answered.</summary>
    public bool HasHeard => _answers.Count > 0;

    /// <summary>A control node has answered.</summary>
    public void Heard(MembershipProtocol.Present answer, TimeSpan now) => _answers[answer.From] = (answer, now);

    /// <summary>Why the node must end; null while it need not.</summary>
    /// <param name="isUp">Whether this node takes itself for a full member.</param>
    /// <param name="own">Its cluster as it sees it.</param>
    /// <param name="now">Monotonic time.</param>
    public string? Judge(bool isUp, ClusterWeight own, TimeSpan now)
    {
        var others = _answers.Values.Where(a => a.Answer.IsUp && now - a.At <= Fresh).Select(a => a.Answer).ToList();
        return JudgeLedger(isUp, others) ?? (isUp ? JudgeMember(others, own, now) : JudgeGuest(others, now));
    }

    // Each would record what lies on it where the others do not look. A cluster apart is judged by its weight first.
    private string? JudgeLedger(bool isUp, List<MembershipProtocol.Present> others) =>
        ledger.Length > 0 && others.Find(a => IsOther(a.Ledger) && (a.KnowsYou || !isUp)) is { } other
            ? $"The control node {other.From}, which was there before this one, records in another ledger: first give all control nodes of a cluster the same one."
            : null;

    private bool IsOther(string identity) => identity.Length > 0 && identity != ledger;

    // A guest of whom nobody has been heard waits as long as it takes: the cluster may be started after it.
    private string? JudgeGuest(List<MembershipProtocol.Present> others, TimeSpan now)
    {
        _unknownSince = null;
        if (others.Count > 0)
        {
            _waitingSince ??= now;
        }

        return now - _waitingSince >= patience
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The cluster has not let this node in for {patience.TotalSeconds:0} s, or has removed it."
            )
            : null;
    }

    private string? JudgeMember(List<MembershipProtocol.Present> others, ClusterWeight own, TimeSpan now)
    {
        _waitingSince = null;
        if (others.Where(a => !a.KnowsYou).MaxBy(a => a.Cluster) is not { } other)
        {
            _unknownSince = null;
            return null;
        }

        _unknownSince ??= now;
        return now - _unknownSince >= calm && other.Cluster.CompareTo(own) > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Without this node there is a cluster of {other.Cluster.Controls} control nodes ({other.Cluster.Members} nodes) at {other.From}; this node's has {own.Controls} ({own.Members})."
            )
            : null;
    }
}
