using Google.Protobuf;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>One message type, its manifest, and how it becomes bytes and back.</summary>
internal abstract record WireCodec(Type Type, string Manifest)
{
    public abstract byte[] Write(object message);

    public abstract object Read(byte[] bytes);

    /// <summary>A codec by way of a generated message.</summary>
    public static WireCodec Of<TMessage, TWire>(
        string manifest,
        Func<TMessage, TWire> write,
        MessageParser<TWire> parser,
        Func<TWire, TMessage> read
    )
        where TMessage : IWireMessage
        where TWire : IMessage<TWire> => new ByProtobuf<TMessage, TWire>(manifest, write, parser, read);

    private sealed record ByProtobuf<TMessage, TWire>(
        string Manifest,
        Func<TMessage, TWire> ToWire,
        MessageParser<TWire> Parser,
        Func<TWire, TMessage> FromWire
    ) : WireCodec(typeof(TMessage), Manifest)
        where TMessage : IWireMessage
        where TWire : IMessage<TWire>
    {
        public override byte[] Write(object message) => ToWire((TMessage)message).ToByteArray();

        public override object Read(byte[] bytes) => FromWire(Parser.ParseFrom(bytes));
    }
}
