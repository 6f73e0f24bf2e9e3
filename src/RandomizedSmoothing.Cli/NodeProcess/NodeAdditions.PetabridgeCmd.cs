using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Node.Options;
using RandomizedSmoothing.PetabridgeCmd;

namespace RandomizedSmoothing.Cli.NodeProcess;

/// <summary>Only in builds with <c>-p:PetabridgeCmd=true</c>.</summary>
internal static partial class NodeAdditions
{
    static partial void AddPetabridgeCmd(ref Action<NodeOptions, IServiceCollection>? additions) =>
        additions += PetabridgeCmdHosting.Add;
}
