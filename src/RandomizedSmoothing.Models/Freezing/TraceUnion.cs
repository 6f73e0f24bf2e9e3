using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>
/// What two traces of a program, of batches with different numbers of rows, have in common: the same operators, with numbers that
/// are the same or follow the rows. That holds then for any number of rows, or the program is not frozen.
/// </summary>
internal sealed class TraceUnion
{
    private readonly long _few;
    private readonly long _more;

    private TraceUnion(Trace few, Trace more) => (_few, _more) = (RowsOf(few), RowsOf(more));

    /// <summary>The operators for any number of rows; shapes are those of the first trace.</summary>
    /// <exception cref="NotFreezableException">The program does something else with more rows.</exception>
    public static IReadOnlyList<TracedOperator> Of(Trace few, Trace more)
    {
        var (rows, moreRows) = (RowsOf(few), RowsOf(more));
        if (
            few.Operators.Count != more.Operators.Count
            || few.Decisions.Count != more.Decisions.Count
            || !few.Decisions.Zip(more.Decisions).All(pair => pair.First.Holds(pair.Second, rows, moreRows))
        )
        {
            throw Differs();
        }

        var union = new TraceUnion(few, more);
        return [.. few.Operators.Zip(more.Operators, union.Of)];
    }

    private static long RowsOf(Trace trace) => trace.Operators[Trace.Input].Shape[0];

    private TracedOperator Of(TracedOperator few, TracedOperator more) =>
        few.Name == more.Name && few.Operands.Count == more.Operands.Count
            ? few with
            {
                Operands =
                [
                    .. few.Operands.Zip(
                        more.Operands,
                        (a, b) => a.Name == b.Name ? a with { Value = Of(a.Value, b.Value) } : throw Differs()
                    ),
                ],
            }
            : throw Differs();

    private object? Of(object? few, object? more) =>
        (few, more) switch
        {
            (long a, long b) when a != b => a % _few == 0 && b % _more == 0 && a / _few == b / _more
                ? new RowMultiple(a / _few)
                : throw Differs(),
            (Tensor a, Tensor b) => AreEqual(a, b) ? a : Repeated(a, b) ?? throw Differs(),
            (IReadOnlyList<object?> a, IReadOnlyList<object?> b) when a.Count == b.Count => a.Zip(b, Of).ToList(),
            _ => Equals(few, more) ? few : throw Differs(),
        };

    // As a class token that is expanded for every image.
    private RepeatedRow? Repeated(Tensor few, Tensor more)
    {
        if (few.dim() == 0 || more.dim() != few.dim() || (few.shape[0], more.shape[0]) != (_few, _more))
        {
            return null;
        }

        var row = few.narrow(0, 0, 1);
        return AreEqual(row.expand_as(few), few) && AreEqual(row.expand([_more, .. row.shape[1..]]), more)
            ? new RepeatedRow(row.contiguous())
            : null;
    }

    private static bool AreEqual(Tensor a, Tensor b) =>
        ReferenceEquals(a, b) || (a.dtype == b.dtype && a.shape.SequenceEqual(b.shape) && a.eq(b).all().item<bool>());

    private static NotFreezableException Differs() => new("computing that depends on the number of rows of the batch");
}
