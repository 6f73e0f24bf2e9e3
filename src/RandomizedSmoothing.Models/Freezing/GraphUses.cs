namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Who reads whose result.</summary>
internal sealed class GraphUses
{
    private readonly List<int>[] _readers;

    private GraphUses(int count) => _readers = [.. Enumerable.Range(0, count).Select(_ => new List<int>())];

    /// <summary>The uses of operators.</summary>
    public static GraphUses Of(IReadOnlyList<TracedOperator> operators)
    {
        var uses = new GraphUses(operators.Count);
        for (var reader = 0; reader < operators.Count; reader++)
        {
            foreach (var read in Read(operators[reader]))
            {
                uses._readers[read].Add(reader);
            }
        }

        return uses;
    }

    /// <summary>The one that reads a result, or null where several do, or none, or one twice.</summary>
    public int? SoleReader(int node) => _readers[node] is [var only] ? only : null;

    /// <summary>The results that an operator reads.</summary>
    public static IEnumerable<int> Read(TracedOperator reader) => reader.Operands.SelectMany(o => Read(o.Value));

    /// <summary>Which operators the result of one depends on, itself among them.</summary>
    public static HashSet<int> Needed(IReadOnlyList<TracedOperator> operators, int result)
    {
        var needed = new HashSet<int>();
        var waiting = new Stack<int>([result]);
        while (waiting.TryPop(out var node))
        {
            if (needed.Add(node))
            {
                foreach (var read in Read(operators[node]))
                {
                    waiting.Push(read);
                }
            }
        }

        return needed;
    }

    private static IEnumerable<int> Read(object? value) =>
        value switch
        {
            NodeResult result => [result.Node],
            IReadOnlyList<object?> list => list.SelectMany(Read),
            _ => [],
        };
}
