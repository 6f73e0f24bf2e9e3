using System.Collections.Immutable;

namespace RandomizedSmoothing.Node.Operations.Answers;

/// <summary>A part of an answer, of values, not of text: it is rendered for people or as JSON.</summary>
public abstract record AnswerBlock;

/// <summary>A sentence.</summary>
public sealed record AnswerNote(string Text) : AnswerBlock;

/// <summary>One line that stands for the values behind it, as a line of progress.</summary>
/// <param name="Text">For people.</param>
/// <param name="Values">The values by their JSON names.</param>
public sealed record AnswerLine(string Text, ImmutableArray<AnswerValue> Values) : AnswerBlock;

/// <summary>Named values of one thing.</summary>
public sealed record AnswerFields(ImmutableArray<AnswerValue> Values) : AnswerBlock;

/// <summary>Rows under columns.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">A value per column each.</param>
/// <param name="WhenEmpty">What people read when there is no row.</param>
public sealed record AnswerTable(
    ImmutableArray<AnswerColumn> Columns,
    ImmutableArray<ImmutableArray<object?>> Rows,
    string WhenEmpty
) : AnswerBlock
{
    /// <summary>A table of one row a thing.</summary>
    public static AnswerTable Of<T>(
        IEnumerable<T> things,
        string whenEmpty,
        params ReadOnlySpan<(AnswerColumn Column, Func<T, object?> Value)> columns
    )
    {
        var given = columns.ToArray();
        return new AnswerTable(
            [.. given.Select(c => c.Column)],
            [.. things.Select(thing => given.Select(c => c.Value(thing)).ToImmutableArray())],
            whenEmpty
        );
    }
}

/// <summary>How the text form writes a value; the JSON form always holds the plain one.</summary>
public enum AnswerForm
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>A count with a unit prefix: 12.3 k.</summary>
    Count,

    /// <summary>A count a second with a unit prefix: 12.3 k/s.</summary>
    Rate,

    /// <summary>Seconds as 1:02:03.</summary>
    Duration,

    /// <summary>A share in [0,1] as a percentage.</summary>
    Share,
}

/// <summary>A named value.</summary>
/// <param name="Name">Its JSON name, camelCase; people read it with spaces.</param>
/// <param name="Value">Null, text, a number, a bool, an instant, or a list of texts.</param>
/// <param name="Form">How people read it.</param>
public sealed record AnswerValue(string Name, object? Value, AnswerForm Form = AnswerForm.Plain);

/// <summary>A column of a table; see <see cref="AnswerValue"/>.</summary>
public sealed record AnswerColumn(string Name, AnswerForm Form = AnswerForm.Plain);
