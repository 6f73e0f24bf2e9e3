using System.IO.Compression;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Importing;

/// <summary>When a TorchScript file may compute as an architecture of the catalogue.</summary>
public sealed class ScriptTwinTests : IDisposable
{
    private static readonly ModelFit Cifar = new(new ImageShape(3, 32, 32), 10, 4);
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public void A_script_of_the_named_architecture_computes_as_it_and_answers_the_same()
    {
        var path = TestFolders.RequireShared("models", "akamaster_resnet20.ts.pt");
        using var scope = NewDisposeScope();
        using var program = Open(path, null);
        using var twin = Open(path, "resnet20");
        program.ShouldBeOfType<ScriptClassifier>();
        twin.ShouldBeOfType<NativeClassifier>();
        var input = rand(4, 3, 32, 32) + 0.25f * randn(4, 3, 32, 32);
        twin.Logits(input).allclose(program.Logits(input), 1e-4, 1e-4).ShouldBeTrue();
    }

    [SkippableFact]
    public void A_script_of_the_same_weights_that_answers_otherwise_stays_a_program()
    {
        var path = _folder.File(
            "tanh.ts.pt",
            File.ReadAllBytes(TestFolders.RequireShared("models", "akamaster_resnet20.ts.pt"))
        );
        Rewrite(path, "code/__torch__/resnet.py", "torch.relu(_0)", "torch.tanh(_0)");
        using var classifier = Open(path, "resnet20");
        classifier.ShouldBeOfType<ScriptClassifier>();
    }

    [SkippableFact]
    public void A_script_that_differs_only_where_noise_is_large_stays_a_program()
    {
        var path = _folder.File(
            "clamped.ts.pt",
            File.ReadAllBytes(TestFolders.RequireShared("models", "akamaster_resnet20.ts.pt"))
        );
        Rewrite(path, "code/__torch__/resnet.py", "torch.sub(x, m)", "torch.sub(torch.clamp(x, -2., 3.), m)");
        using var classifier = Open(path, "resnet20");
        classifier.ShouldBeOfType<ScriptClassifier>();
    }

    [SkippableFact]
    public void A_script_of_another_architecture_stays_a_program()
    {
        using var classifier = Open(TestFolders.RequireShared("models", "akamaster_resnet20.ts.pt"), "resnet110");
        classifier.ShouldBeOfType<ScriptClassifier>();
    }

    public void Dispose() => _folder.Dispose();

    private static BaseClassifier Open(string path, string? architecture) =>
        ModelLoader.Open(
            path,
            new ModelSpec
            {
                Name = "m",
                File = path,
                Architecture = architecture,
            },
            Cifar,
            CPU,
            Precision.Float32
        );

    private static void Rewrite(string path, string name, string from, string to)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        var entry = zip.Entries.Single(e => e.FullName.EndsWith(name, StringComparison.Ordinal));
        string text;
        using (var reader = new StreamReader(entry.Open()))
        {
            text = reader.ReadToEnd();
        }

        text.ShouldContain(from);
        var full = entry.FullName;
        entry.Delete();
        using var writer = new StreamWriter(zip.CreateEntry(full, CompressionLevel.NoCompression).Open());
        writer.Write(text.Replace(from, to, StringComparison.Ordinal));
    }
}
