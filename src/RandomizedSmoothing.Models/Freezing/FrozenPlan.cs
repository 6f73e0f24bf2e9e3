using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Inference;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// The steps of a frozen program on a device: a convolution takes the sum and the ReLU after it along, wherever nobody else reads
/// what lies between, and overwrites what nobody reads any more.
/// </summary>
internal sealed class FrozenPlan
{
    private readonly IReadOnlyList<TracedOperator> _operators;
    private readonly GraphUses _uses;
    private readonly Arithmetic _arithmetic;
    private readonly Arithmetic _before;
    private readonly HashSet<int> _single = [];
    private readonly Dictionary<int, int> _casts = [];
    private readonly List<FrozenStep> _steps = [];
    private readonly HashSet<int> _taken = [Trace.Input];

    /// <summary>In order.</summary>
    public IReadOnlyList<FrozenStep> Steps => _steps;

    /// <summary>How many results there are room for.</summary>
    public int Results => _operators.Count + _casts.Count;

    private FrozenPlan(FrozenGraph graph, Arithmetic arithmetic)
    {
        (_operators, _arithmetic) = (graph.Operators, arithmetic);
        _uses = GraphUses.Of(_operators);
        _before = Arithmetic.Of(arithmetic.Device, Precision.Float32);
        if (!arithmetic.IsSingle)
        {
            _single.Add(Trace.Input);
        }
    }

    /// <summary>The steps that compute a graph's logits.</summary>
    /// <param name="graph">Stays the caller's: weights are copied.</param>
    /// <param name="arithmetic">Where and in which numbers they compute.</param>
    public static FrozenPlan Of(FrozenGraph graph, Arithmetic arithmetic)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var plan = new FrozenPlan(graph, arithmetic);
        for (var node = 0; node < plan._operators.Count; node++)
        {
            if (plan._operators[node].Operands.Count > 0 && plan._taken.Add(node))
            {
                plan.Add(node);
            }
        }

        plan.Release(graph.Logits);
        plan.Overwrite();
        return plan;
    }

    private void Add(int node)
    {
        var traced = _operators[node];
        if (IsConvolution(traced))
        {
            // One that is added to something is computed where both are there.
            if (!(_uses.SoleReader(node) is { } reader && Convolved(reader) is { } pair && pair.Node == node))
            {
                AddConvolution(node, null, node);
            }
        }
        else if (Convolved(node) is var (convolution, sum))
        {
            AddConvolution(convolution, sum, node);
        }
        else if (
            _arithmetic.Fuses
            && traced is { Name: "batch_norm", Shape.Length: 4, Operands: [{ Value: NodeResult }, ..] }
        )
        {
            AddNorm(node);
        }
        else
        {
            AddOperator(node);
        }
    }

    // What is done to pixels before the first layer is done in single precision: normalised images have no bits to lose.
    private void AddOperator(int node)
    {
        var traced = _operators[node];
        var isSingle =
            traced.Name is "sub" or "add" or "mul" or "div" or "rsub" or "clamp" or "hardtanh"
            && GraphUses.Read(traced).All(_single.Contains);
        if (isSingle)
        {
            _single.Add(node);
        }

        var arithmetic = isSingle ? _before : _arithmetic;
        object? Place(object? value) =>
            value switch
            {
                NodeResult { Node: var read } => new NodeResult(isSingle ? read : Typed(read)),
                Tensor weight => arithmetic.Copy(weight).DetachFromDisposeScope(),
                RepeatedRow repeated => new RepeatedRow((Tensor)Place(repeated.Row)!),
                IReadOnlyList<object?> list => list.Select(Place).ToList(),
                _ => value,
            };
        var operands = traced.Operands.Select(o => o with { Value = Place(o.Value) });
        _steps.Add(new OperatorStep(node, traced with { Operands = [.. operands] }, arithmetic));
    }

    // The result in the numbers of the layers.
    private int Typed(int node)
    {
        if (!_single.Contains(node))
        {
            return node;
        }

        if (!_casts.TryGetValue(node, out var cast))
        {
            cast = Results;
            _casts.Add(node, cast);
            _steps.Add(new CastStep(cast, node, _arithmetic));
        }

        return cast;
    }

    // One that follows no convolution is one itself, of every channel with its own factor: so it takes the ReLU along, and is
    // two to five times as fast as libtorch's norm of channels that lie last.
    private void AddNorm(int node)
    {
        var (scale, shift) = BatchNormFolding.ScaleAndShift(_operators[node]);
        var channels = scale.shape[0];
        var geometry = new ConvolutionGeometry(1, 0) with { Groups = channels };
        AddConvolution(node, scale.reshape(channels, 1, 1, 1), shift, geometry, null, node);
    }

    private void AddConvolution(int node, int? sum, int last)
    {
        var o = new Operands(_operators[node].Operands);
        (long, long) Pair(int place, string name, long otherwise) =>
            Freezing.Operators.Pair(o, place, name, otherwise) is [var y, var x] ? (y, x) : default;
        var geometry = new ConvolutionGeometry(
            Pair(3, "stride", 1),
            Pair(4, "padding", 0),
            Pair(5, "dilation", 1),
            o.Whole(6, "groups", 1)
        );
        AddConvolution(node, o.Tensor(1), o.Optional(2, "bias"), geometry, sum, last);
    }

    private void AddConvolution(int node, Tensor weight, Tensor? bias, ConvolutionGeometry geometry, int? sum, int last)
    {
        var relu = _uses.SoleReader(last) is { } next && _operators[next].Name == "relu";
        if (relu)
        {
            last = _uses.SoleReader(last)!.Value;
            _taken.Add(last);
        }

        var input = Typed(((NodeResult)_operators[node].Operands[0].Value!).Node);
        sum = sum is { } added ? Typed(added) : null;
        var convolution = new FinalConvolution(weight, bias, geometry, _arithmetic);
        _steps.Add(new ConvolutionStep(last, input, sum, relu, convolution));
    }

    // The later convolution of a plain sum of two results of one shape, that nobody else reads, and the other summand.
    private (int Node, int Sum)? Convolved(int node)
    {
        if (
            _operators[node]
                is not { Name: "add", Operands: [{ Value: NodeResult a }, { Value: NodeResult b }, ..] } add
            || new Operands(add.Operands).Number(2, "alpha", 1) != 1
            || a.Node == b.Node
            || !_operators[a.Node].Shape.SequenceEqual(_operators[b.Node].Shape)
        )
        {
            return null;
        }

        var (late, early) = (Math.Max(a.Node, b.Node), Math.Min(a.Node, b.Node));
        bool Fits(int n) => IsConvolution(_operators[n]) && _uses.SoleReader(n) == node;
        return Fits(late) ? (late, early)
            : Fits(early) ? (early, late)
            : null;
    }

    private static bool IsConvolution(TracedOperator traced) =>
        traced is { Name: "conv2d", Operands: [{ Value: NodeResult }, { Value: Tensor, Name: null }, ..] }
        && traced.Operands.ElementAtOrDefault(2).Value is null or Tensor;

    private void Release(int logits)
    {
        var later = new HashSet<int> { Trace.Input, logits };
        foreach (var step in Enumerable.Reverse(_steps))
        {
            step.Releases = [.. step.Reads.Where(later.Add)];
        }
    }

    // What lies in memory of its own and is read for the last time.
    private void Overwrite()
    {
        var shared = _steps
            .OfType<OperatorStep>()
            .Where(s => s.IsView)
            .SelectMany(s => s.Reads.Append(s.Result))
            .ToHashSet();
        foreach (var step in _steps.OfType<ConvolutionStep>())
        {
            step.Overwrites =
                step.Sum is { } sum && step.Input != sum && step.Releases.Contains(sum) && !shared.Contains(sum);
        }
    }
}
