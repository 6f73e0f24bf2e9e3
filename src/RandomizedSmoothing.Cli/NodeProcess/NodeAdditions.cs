using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.NodeProcess;

/// <summary>What builds with optional parts add to a node; see <c>NodeAdditions.PetabridgeCmd.cs</c>.</summary>
internal static partial class NodeAdditions
{
    /// <summary>The parts of a node in this build.</summary>
    public static NodeParts Parts()
    {
        Action<NodeOptions, IServiceCollection>? additions = null;
        AddPetabridgeCmd(ref additions);
        return new NodeParts { Additions = additions };
    }

    static partial void AddPetabridgeCmd(ref Action<NodeOptions, IServiceCollection>? additions);
}
