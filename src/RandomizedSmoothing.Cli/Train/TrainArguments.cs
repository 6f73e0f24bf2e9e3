using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Data;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Cli.Train;

/// <summary>The options of <c>rsmooth train</c> and the training task they describe.</summary>
internal sealed class TrainArguments
{
    private static readonly TrainSpec Standard = new();

    private readonly Option<string> _dataset = new("--dataset")
    {
        Description = $"Data set whose training split is used: {DatasetText.Forms}.",
        HelpName = "DATASET",
        Required = true,
    };
    private readonly Option<long?> _classes = ClassesOption.Create();
    private readonly Option<string> _architecture = new("--architecture")
    {
        Description = $"The network: {string.Join(", ", ArchitectureCatalogue.Names)}.",
        HelpName = "NAME",
        Required = true,
    };
    private readonly Option<string> _recipe = new("--recipe")
    {
        Description = $"How to train: {string.Join(", ", RecipeCatalogue.Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Standard.Recipe,
    };
    private readonly Option<string> _noise = CalcOptions.Noise();
    private readonly Option<double?> _sigma = NumberOptions.Number(
        "--sigma",
        "Training noise: standard deviation of each pixel, pixels in [0,1]; 0 trains without noise",
        "at least 0",
        s => s >= 0
    );
    private readonly Option<long?> _epochs = NumberOptions.Count("--epochs", "Passes over the images", 1);
    private readonly Option<long?> _batch = NumberOptions.Count("--batch-size", "Images per step", 1);
    private readonly Option<double?> _rate = NumberOptions.Number(
        "--learning-rate",
        "Initial learning rate",
        "greater than 0",
        r => r > 0
    );
    private readonly Option<long?> _most = NumberOptions.Count(
        "--max-train",
        "At most so many images, spread evenly over the split",
        1
    );
    private readonly Option<long?> _seed = NumberOptions.Count("--seed", "Seed of weights, order and noise", 0);
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A number that the recipe takes, as flip=1 or crop=4; may be repeated. A wrong name lists them.",
        HelpName = "KEY=VALUE",
    };
    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda:0, or auto: the first GPU, else the processor.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string> _out = new("--out")
    {
        Description =
            "The model file, ending in .safetensors; description (.yaml), log (.csv) and plot (.png, .svg) are written beside it.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<bool> _force = new("--force")
    {
        Description = "Replace files of these names that rsmooth train did not write.",
    };

    public void AddTo(Command command)
    {
        _architecture.CompletionSources.Add([.. ArchitectureCatalogue.Names]);
        _recipe.CompletionSources.Add([.. RecipeCatalogue.Names]);
        Option[] options =
        [
            _dataset,
            _classes,
            _architecture,
            _recipe,
            _noise,
            _sigma,
            _epochs,
            _batch,
            _rate,
            _most,
            _seed,
            _set,
            _device,
            _out,
            _force,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>The device asked for.</summary>
    public string DeviceOf(ParseResult parsed) => parsed.GetValue(_device)!;

    /// <summary>Finds the training images and makes the task.</summary>
    /// <returns>The task, the training split, the images per epoch, and the absolute path of the model file.</returns>
    /// <exception cref="UserErrorException">Something is missing, unknown, out of range, or does not fit.</exception>
    public (TrainingTask Task, DatasetReference Split, int Images, string Target) Read(
        ParseResult parsed,
        Terminal terminal,
        DatasetCatalogue catalogue,
        CancellationToken cancellation
    )
    {
        var target = TargetOf(parsed, terminal);
        var recipe = new TrainSpec
        {
            Recipe = parsed.GetValue(_recipe)!,
            Epochs = Whole(parsed, _epochs) ?? Standard.Epochs,
            BatchSize = Whole(parsed, _batch) ?? Standard.BatchSize,
            LearningRate = parsed.GetValue(_rate) ?? Standard.LearningRate,
            MaxImages = Whole(parsed, _most),
            Options = OptionsOf(parsed),
        };
        var model = new ModelSpec
        {
            Name = Path.GetFileNameWithoutExtension(target),
            Architecture = parsed.GetValue(_architecture),
            Train = recipe,
        };
        RecipeCatalogue.Validate(model.Name, recipe);
        ArchitectureCatalogue.Get(model.Architecture!);
        var dataset = DatasetText
            .Parse(parsed.GetValue(_dataset)!, "train", terminal.Resolve)
            .WithClasses(parsed, _classes);
        var split = catalogue.Resolve(dataset, new DownloadDisplay(terminal), cancellation);
        var task = TrainingTaskFactory.Create(
            model,
            dataset,
            split,
            parsed.GetValue(_noise)!,
            parsed.Require(_sigma, "rsmooth train"),
            (ulong)(parsed.GetValue(_seed) ?? 0)
        );
        return (task, split, Math.Min(split.Labels.Length, recipe.MaxImages ?? int.MaxValue), target);
    }

    private string TargetOf(ParseResult parsed, Terminal terminal)
    {
        var target = terminal.Resolve(parsed.GetValue(_out)!);
        if (Path.GetExtension(target) != ".safetensors")
        {
            throw new UserErrorException(
                $"--out is '{parsed.GetValue(_out)}', and must end in .safetensors: that is the format of the model file."
            );
        }

        return parsed.GetValue(_force) || TrainedOutput.ForeignFile(target) is not { } foreign
            ? target
            : throw new UserErrorException(
                $"--out is '{parsed.GetValue(_out)}', which would replace {foreign}, a file that 'rsmooth train' did not write. "
                    + "Nothing was trained. Give another name, or --force to replace it."
            );
    }

    private static int? Whole(ParseResult parsed, Option<long?> option) =>
        parsed.GetValue(option) is { } value ? (int)Math.Min(int.MaxValue, value) : null;

    private Dictionary<string, double> OptionsOf(ParseResult parsed)
    {
        var options = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(_set) ?? [])
        {
            if (
                text.Split('=', 2) is not [{ Length: > 0 } key, var value]
                || !NumberOptions.TryNumber(value, out var number)
            )
            {
                throw new UserErrorException(
                    $"--set is '{text}', and must be KEY=NUMBER, as --set weightDecay=0.0005."
                );
            }

            options[key.Trim()] = number;
        }

        return options;
    }
}
