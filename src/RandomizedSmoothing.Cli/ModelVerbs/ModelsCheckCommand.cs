using System.CommandLine;
using RandomizedSmoothing.Cli.Data;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.ModelVerbs;

/// <summary><c>rsmooth models check FILE --dataset D</c>: what a model file is and does, in seconds.</summary>
internal sealed class ModelsCheckCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "TorchScript, ONNX, or safetensors." };
    private readonly Option<string> _dataset = new("--dataset", "-d")
    {
        Description = $"The images: {DatasetText.Forms}.",
        HelpName = "DATASET",
        Required = true,
    };
    private readonly Option<string> _split = new("--split")
    {
        Description = "test or train.",
        DefaultValueFactory = _ => "test",
    };
    private readonly Option<long?> _classes = ClassesOption.Create();
    private readonly Option<double[]> _sigmas = NumberOptions.Numbers(
        "--sigma",
        "Noise level on pixels in [0,1], where 64 of 255 is 0.251 (default: 0.25 and 0.5)",
        "greater than 0 and at most 10",
        s => s is > 0 and <= 10
    );
    private readonly Option<string> _noise = new("--noise")
    {
        Description = "Noise family.",
        DefaultValueFactory = _ => "gaussian",
    };
    private readonly Option<string?> _architecture = new("--architecture")
    {
        Description = "The network that the tensors of a .safetensors file belong to.",
        HelpName = "NAME",
    };
    private readonly Option<long> _n = NumberOptions.Count("--n", "Draws of the sweep that is planned", 1, 100_000);
    private readonly Option<double> _alpha = NumberOptions.Number(
        "--alpha",
        "Its failure probability",
        "greater than 0 and less than ½",
        a => a is > 0 and < 0.5,
        0.001
    );
    private readonly Option<OutputFormat> _output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json);
    private readonly Terminal _terminal;

    private ModelsCheckCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var check = new ModelsCheckCommand(terminal);
        check._split.AcceptOnlyFromAmong("test", "train");
        check._noise.AcceptOnlyFromAmong([.. ProductVocabulary.Current.Noises.Select(n => n.Name)]);
        var command = new Command(
            "check",
            "Looks at a model file: format, input, accuracy with and without noise on a small sample, speed, attainable radii.\n"
                + "Example: rsmooth models check resnet20.onnx --dataset cifar10 --sigma 0.25"
        )
        {
            check._file,
            check._dataset,
            check._split,
            check._classes,
            check._sigmas,
            check._noise,
            check._architecture,
            check._n,
            check._alpha,
            check._output,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(check.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        TorchRuntime.PrepareThread();
        var file = _terminal.Resolve(parsed.GetRequiredValue(_file));
        var spec = Spec(parsed, file);
        var options = DatasetOptions.FromEnvironment();
        var catalogue = new DatasetCatalogue(options);
        var artifacts = new ArtifactCache(options.Cache.Artifacts);
        var resolver = new SweepResolver(catalogue, artifacts) { TrustsStore = true };
        var definition = resolver.Resolve(
            spec,
            SweepIds.For(spec.Name),
            "",
            new DownloadDisplay(_terminal),
            cancellation
        );
        var report = new SweepPreflight(catalogue, artifacts, _terminal.Time).Run(
            definition,
            cancellation: cancellation
        );
        var check = new ModelCheck(
            file,
            ModelFiles.KindOf(file),
            ModelDescriptions.Read(file, ProductVocabulary.Current),
            definition,
            report.Models[0].Probe,
            [.. resolver.Notes, .. report.Warnings]
        );
        _terminal.Out.WriteLine(
            parsed.GetValue(_output) == OutputFormat.Json
                ? check.ToJson().ToJsonString(JsonText.Indented)
                : check.ToText()
        );
        return ExitCodes.Done;
    }

    private SweepSpec Spec(ParseResult parsed, string file)
    {
        var sigmas = parsed.GetValue(_sigmas) is { Length: > 0 } given ? given : [0.25, 0.5];
        var dataset = DatasetText
            .Parse(parsed.GetRequiredValue(_dataset), parsed.GetRequiredValue(_split), _terminal.Resolve)
            .WithClasses(parsed, _classes);
        return new SweepSpec
        {
            Name = "check",
            Datasets = [dataset],
            Models =
            [
                new ModelSpec
                {
                    Name = ModelDescriptions.NameOf(file),
                    File = file,
                    Architecture = parsed.GetValue(_architecture),
                },
            ],
            Noises = [parsed.GetRequiredValue(_noise)],
            Sigmas = [.. sigmas.Distinct()],
            Certify = new CertificationPlan { N = parsed.GetValue(_n), Alpha = parsed.GetValue(_alpha) },
        };
    }
}
