using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>
/// Puts every <see cref="IWireMessage"/> on the wire as Protobuf (<c>smoothing.proto</c>) under a short manifest. Readers ignore
/// fields that they do not know.
/// </summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Part of every message on the wire: never changes.</summary>
    public const int Id = 20200303;

    private static readonly Dictionary<Type, WireCodec> ByType = AllCodecs().ToDictionary(codec => codec.Type);
    private static readonly Dictionary<string, WireCodec> ByManifest = AllCodecs()
        .ToDictionary(codec => codec.Manifest);

    /// <inheritdoc />
    public override int Identifier => Id;

    /// <summary>The message types that have a form on the wire.</summary>
    public static IReadOnlyCollection<Type> Types => ByType.Keys;

    /// <inheritdoc />
    public override string Manifest(object o) => CodecOf(o).Manifest;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => CodecOf(obj).Write(obj);

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) =>
        ByManifest.TryGetValue(manifest, out var codec)
            ? codec.Read(bytes)
            : throw new SerializationException(
                $"The message '{manifest}' is unknown: a newer version of the program sent it."
            );

    private static WireCodec CodecOf(object message) =>
        ByType.TryGetValue(message.GetType(), out var codec)
            ? codec
            : throw new SerializationException($"{message.GetType()} has no form on the wire.");

    private static IEnumerable<WireCodec> AllCodecs() =>
        [.. WorkerCodecs.All, .. CellCodecs.All, .. UserCodecs.All, .. MembershipCodecs.All];
}
