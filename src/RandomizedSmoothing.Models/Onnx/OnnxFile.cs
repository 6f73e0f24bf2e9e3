using Google.Protobuf;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Onnx;

/// <summary>
/// An ONNX classifier in memory, checked: ONNX Runtime is native code and trusts what it reads, so nothing reaches it whose
/// structure was not looked at here. One input and one output, weights inside the file and as long as their shapes say,
/// operators of the standard or of ONNX Runtime, window sizes that can be computed with.
/// </summary>
internal sealed class OnnxFile
{
    private static readonly string[] KnownDomains =
    [
        "",
        "ai.onnx",
        "ai.onnx.ml",
        "com.microsoft",
        "com.microsoft.nchwc",
    ];

    private OnnxFile(string path, byte[] bytes, ModelProto model, OnnxPort input, OnnxPort output) =>
        (Path, Bytes, Model, Input, Output) = (path, bytes, model, input, output);

    /// <summary>The file it was read from, for messages.</summary>
    public string Path { get; }

    /// <summary>The bytes that were checked.</summary>
    public byte[] Bytes { get; }

    /// <summary>What takes the images.</summary>
    public OnnxPort Input { get; }

    /// <summary>What gives the logits or probabilities.</summary>
    public OnnxPort Output { get; }

    /// <summary>Version of the operator set, for messages.</summary>
    public long Opset => Model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;

    /// <summary>The program that wrote the file, for messages.</summary>
    public string Producer => $"{Model.ProducerName} {Model.ProducerVersion}".Trim();

    /// <summary>Its operators and weights.</summary>
    public GraphProto Graph => Model.Graph;

    private ModelProto Model { get; }

    /// <summary>Reads and checks a whole file.</summary>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or is no classifier; the message says which.</exception>
    public static OnnxFile Read(string path, string shown)
    {
        try
        {
            return Parse(shown, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the model '{shown}': {e.Message.TrimEnd('.')}. Check the path and its permissions; ONNX files end at 2 GiB.",
                e
            );
        }
    }

    /// <summary>Checks bytes already read; <paramref name="shown"/> is for messages.</summary>
    /// <exception cref="UserErrorException">They are no sound ONNX classifier.</exception>
    public static OnnxFile Parse(string shown, byte[] bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Fault(shown, e.Message.Split('\n')[0].TrimEnd('.'), e);
        }

        if (model.Graph is not { Node.Count: > 0 } graph)
        {
            throw Fault(shown, "it holds no graph");
        }

        new OnnxChecks(shown).Check(model);
        var foreign = graph.Node.Select(n => n.Domain).Where(d => !KnownDomains.Contains(d)).Distinct().ToArray();
        if (foreign.Length > 0)
        {
            throw new UserErrorException(
                $"The ONNX model '{shown}' uses operators of {string.Join(", ", foreign.Take(4).Select(d => $"'{d}'"))}, which ONNX Runtime does "
                    + "not have. Export it with standard operators only."
            );
        }

        var weights = graph.Initializer.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = graph.Input.Where(i => !weights.Contains(i.Name)).ToArray();
        return new OnnxFile(
            shown,
            bytes,
            model,
            Only(shown, inputs, "input"),
            Only(shown, [.. graph.Output], "output")
        );
    }

    /// <summary>The complaint about a file that is not what it should be.</summary>
    public static UserErrorException Fault(string shown, string problem, Exception? inner = null) =>
        new(
            $"'{shown}' is no intact ONNX model: {problem}. It was cut off, damaged or is another format: copy or export it again.",
            inner
        );

    private static OnnxPort Only(string shown, ValueInfoProto[] ports, string what)
    {
        if (ports.Length == 0)
        {
            throw Fault(shown, $"it has no {what}");
        }

        if (ports.Length > 1)
        {
            var names = string.Join(", ", ports.Take(8).Select(p => $"'{p.Name}'")) + (ports.Length > 8 ? ", …" : "");
            throw new UserErrorException(
                $"The ONNX model '{shown}' has {ports.Length} {what}s ({names}), and a classifier has one: "
                    + (
                        what == "input"
                            ? "a batch of images. Export the classifier alone, with other inputs as constants."
                            : "a row of logits or probabilities per image. Export the classifier alone, without labels or features."
                    )
            );
        }

        return OnnxPort.Of(shown, ports[0], what);
    }
}
