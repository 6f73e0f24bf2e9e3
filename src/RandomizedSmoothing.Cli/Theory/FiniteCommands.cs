using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>The finite domains of <c>rsmooth theory</c>.</summary>
internal static class FiniteCommands
{
    public static Command Cycle(Terminal terminal) =>
        Line(
            terminal,
            "cycle",
            "The majority filter on a cycle.\nExample: rsmooth theory cycle --n 8 --radius 1",
            DomainShape.Circle,
            KernelFamilies.Cycle,
            n => n / 2
        );

    public static Command Path(Terminal terminal) =>
        Line(
            terminal,
            "path",
            "The majority filter on a path, windows cut off at its ends.\nExample: rsmooth theory path --n 12 --radius 2",
            DomainShape.Line,
            KernelFamilies.Path,
            n => n - 1
        );

    public static Command Grid(Terminal terminal)
    {
        var width = NumberOptions.Count("--width", "Columns", 1);
        var height = NumberOptions.Count("--height", "Rows", 1);
        var radius = NumberOptions.Count("--radius", "Radius of the window", 0);
        var metric = FiniteOptions.Choice("--metric", "Shape of the window", "manhattan", "chebyshev");
        var hypotheses = FiniteOptions.Choice("--hypotheses", "The class H", "all");
        return Create(
            terminal,
            "grid",
            "The majority filter on a grid.\nExample: rsmooth theory grid --width 4 --height 4 --radius 1",
            [width, height, radius, metric],
            hypotheses,
            parsed =>
            {
                var (columns, rows) = (Small(parsed, width, "grid"), Small(parsed, height, "grid"));
                var shape = Enum.Parse<GridMetric>(parsed.GetValue(metric)!, ignoreCase: true);
                return new FiniteDomain(
                    "radius",
                    Small(parsed, radius, "grid"),
                    Radii(Math.Max(columns, rows) - 1),
                    r => KernelFamilies.Grid(columns, rows, (int)r.Numerator, shape),
                    DomainShape.Other
                );
            }
        );
    }

    public static Command Hypercube(Terminal terminal)
    {
        var bits = NumberOptions.Count("--n", "Number of bits", 1);
        var flip = new Option<string?>("--flip")
        {
            Description = "Probability that a bit flips, as 0.25 or 1/4.",
            HelpName = "Q",
        };
        var radius = NumberOptions.Count("--radius", "Instead of --flip: majority over this Hamming ball", 0);
        var hypotheses = FiniteOptions.Choice("--hypotheses", "The class H", "all", "halfspaces");
        return Create(
            terminal,
            "hypercube",
            "Bit-flip noise or the Hamming-ball majority on bit strings.\nExample: rsmooth theory hypercube --n 3 --flip 0.25",
            [bits, flip, radius],
            hypotheses,
            parsed =>
            {
                var n = Small(parsed, bits, "hypercube");
                if (parsed.GetValue(radius) is { } r)
                {
                    return new FiniteDomain(
                        "radius",
                        (int)Math.Min(r, n),
                        Radii(n),
                        level => KernelFamilies.HypercubeBall(n, (int)level.Numerator),
                        DomainShape.Other
                    );
                }

                if (!ExactFraction.TryParse(parsed.GetValue(flip), out var q))
                {
                    throw new UserErrorException(
                        $"'rsmooth theory hypercube' needs --flip Q or --radius R; --flip is '{parsed.GetValue(flip)}', and must be a number from 0 to 1, as 0.25 or 1/4."
                    );
                }

                return new FiniteDomain(
                    "flip probability",
                    q,
                    [.. Enumerable.Range(0, 50).Select(i => new ExactFraction(i, 100))],
                    level => KernelFamilies.HypercubeFlip(n, level),
                    DomainShape.Other
                )
                {
                    FlippedBits = n,
                };
            },
            parsed => Small(parsed, bits, "hypercube")
        );
    }

    public static Command Kernel(Terminal terminal)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "CSV: row x holds the probabilities of moving from point x to each point, as 0.25 or 1/4.",
        };
        var hypotheses = FiniteOptions.Choice("--hypotheses", "The class H", "all", "intervals", "arcs", "thresholds");
        var command = Create(
            terminal,
            "kernel",
            "Any noise on a finite domain. A sweep mixes it with no noise at all.\nExample: rsmooth theory kernel noise.csv",
            [],
            hypotheses,
            parsed =>
            {
                var path = terminal.Resolve(parsed.GetRequiredValue(file));
                if (!File.Exists(path))
                {
                    throw new UserErrorException(
                        $"The kernel '{path}' does not exist. Give a CSV file of probabilities."
                    );
                }

                using var reader = new StreamReader(path);
                var kernel = KernelFile.Read(reader, path);
                return new FiniteDomain(
                    "noise probability",
                    1,
                    [.. Enumerable.Range(0, 41).Select(i => new ExactFraction(i, 40))],
                    level => KernelFamilies.Diluted(kernel, level),
                    DomainShape.Line
                );
            }
        );
        command.Add(file);
        return command;
    }

    private static Command Line(
        Terminal terminal,
        string name,
        string description,
        DomainShape shape,
        Func<int, int, SmoothingKernel> kernel,
        Func<int, int> largestRadius
    )
    {
        var points = NumberOptions.Count("--n", "Number of points", 1);
        var radius = NumberOptions.Count("--radius", "Radius of the window", 0);
        var hypotheses = FiniteOptions.Choice("--hypotheses", "The class H", "all", "intervals", "arcs", "thresholds");
        return Create(
            terminal,
            name,
            description,
            [points, radius],
            hypotheses,
            parsed =>
            {
                var n = Small(parsed, points, name);
                return new FiniteDomain(
                    "radius",
                    Small(parsed, radius, name),
                    Radii(largestRadius(n)),
                    r => kernel(n, (int)r.Numerator),
                    shape
                );
            }
        );
    }

    private static Command Create(
        Terminal terminal,
        string name,
        string description,
        IEnumerable<Option> own,
        Option<string> hypotheses,
        Func<ParseResult, FiniteDomain> domain,
        Func<ParseResult, int>? bits = null
    )
    {
        var options = new FiniteOptions();
        var command = new Command(name, description);
        foreach (var option in own.Append(hypotheses))
        {
            command.Add(option);
        }

        options.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var asked = domain(parsed);
                HypothesisSpace Space(int points) =>
                    parsed.GetValue(hypotheses) switch
                    {
                        "intervals" => HypothesisSpace.Intervals(points),
                        "arcs" => HypothesisSpace.Arcs(points),
                        "thresholds" => HypothesisSpace.Thresholds(points),
                        "halfspaces" => HypothesisSpace.Halfspaces(bits!(parsed)),
                        _ => HypothesisSpace.All(points, options.Labels(parsed)),
                    };
                new FiniteReport(terminal, options, parsed, asked, Space).Write(cancellation);
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static ExactFraction[] Radii(int largest) =>
        [.. Enumerable.Range(0, Math.Max(1, largest) + 1).Select(r => (ExactFraction)r)];

    private static int Small(ParseResult parsed, Option<long?> option, string command)
    {
        var value = parsed.Require(option, $"rsmooth theory {command}");
        return value <= 4096
            ? (int)value
            : throw new UserErrorException(
                $"{option.Name} is {value}, but finite domains are followed up to 4096 points. Use a smaller one."
            );
    }
}
