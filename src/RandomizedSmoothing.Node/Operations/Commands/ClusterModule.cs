using System.Runtime.CompilerServices;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>The commands on the processes of the cluster.</summary>
public sealed class ClusterModule(IClusterMembership membership)
{
    /// <summary>The commands.</summary>
    public IEnumerable<OperatorCommand> Commands =>
        [
            new()
            {
                Module = "cluster",
                Name = "show",
                Description = "Lists the members of the cluster as the answering node sees them.",
                Handler = ShowAsync,
            },
            new()
            {
                Module = "cluster",
                Name = "leave",
                Description = "Lets a member hand over and leave the cluster.",
                Changes = true,
                Arguments =
                [
                    new()
                    {
                        Name = "address",
                        Description = "its host:port",
                        Switches = ["-a", "--address"],
                        IsMandatory = true,
                        ValuesFrom = "cluster show",
                    },
                ],
                Handler = LeaveAsync,
            },
            new()
            {
                Module = "cluster",
                Name = "down-unreachable",
                Description =
                    "Declares every unreachable member dead, without waiting for the majority's own decision.",
                Changes = true,
                Handler = DownAsync,
            },
        ];

    private async IAsyncEnumerable<AnswerBlock> ShowAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        yield return AnswerTable.Of<ClusterMember>(
            membership.Members,
            "The node is not in a cluster yet.",
            (new("address"), m => m.Address),
            (new("status"), m => m.Status),
            (new("roles"), m => m.Roles),
            (new("reachable"), m => m.Reachable),
            (new("leader"), m => m.IsLeader),
            (new("coordinator"), m => m.IsOldestControl),
            (new("self"), m => m.IsSelf)
        );
    }

    private async IAsyncEnumerable<AnswerBlock> LeaveAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        var address = call.Required("address");
        membership.Leave(address);
        yield return new AnswerNote($"Member {address} is asked to leave.");
    }

    private async IAsyncEnumerable<AnswerBlock> DownAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        var downed = membership.DownUnreachable();
        yield return new AnswerNote(
            downed.Count == 0 ? "Every member is reachable." : $"Declared dead: {string.Join(", ", downed)}."
        );
    }
}
