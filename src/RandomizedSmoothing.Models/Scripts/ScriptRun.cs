using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>
/// Runs the code of a program on one example: numbers, lists and conditions are computed, and what is done to tensors is recorded
/// in a <see cref="Trace"/>. A condition that looks at the numbers of an image ends it.
/// </summary>
internal sealed class ScriptRun
{
    private const int MostSteps = 200_000;
    private const int DeepestCall = 100;
    private readonly ScriptFile _file;
    private readonly ScriptValues _values;
    private readonly Trace _trace;
    private int _steps;
    private int _depth;

    private ScriptRun(ScriptFile file, ScriptValues values, Trace trace) =>
        (_file, _values, _trace) = (file, values, trace);

    private sealed class Scope() : Dictionary<string, object?>(StringComparer.Ordinal);

    private sealed record FreeFunction(string Qualified);

    private sealed record Returned(object? Value);

    /// <summary>Applies <c>forward</c> to the images of a trace; the node whose result are the logits.</summary>
    /// <exception cref="NotFreezableException">It uses what is not understood here.</exception>
    public static int Record(ScriptFile file, ScriptValues values, Trace trace)
    {
        var run = new ScriptRun(file, values, trace);
        var logits = run.Invoke(file.Module, "forward", [new Operand(null, trace.Images)]);
        return logits is Cell { Node: { } node }
            ? node
            : throw new NotFreezableException("something other than one tensor as its result");
    }

    private object? Invoke(ScriptObject owner, string method, IReadOnlyList<Operand> arguments)
    {
        var function =
            _file.Method(owner.Class, method) ?? throw new NotFreezableException($"a method '{method}' without code");
        return Invoke(function, [new Operand(null, owner), .. arguments]);
    }

    private object? Invoke(Function function, IReadOnlyList<Operand> arguments)
    {
        if (++_depth > DeepestCall)
        {
            throw new NotFreezableException("calls nested too deeply");
        }

        var scope = new Scope();
        for (var i = 0; i < function.Parameters.Count; i++)
        {
            var parameter = function.Parameters[i];
            var given = arguments.Where((a, place) => a.Name is null ? place == i : a.Name == parameter.Name).ToList();
            scope[parameter.Name] =
                given.Count > 0 ? given[0].Value
                : parameter.Default is { } otherwise ? Evaluate(otherwise, scope)
                : throw new NotFreezableException($"a call of '{function.Name}' without '{parameter.Name}'");
        }

        var result = Run(function.Body, scope);
        _depth--;
        return result?.Value;
    }

    private Returned? Run(IReadOnlyList<Statement> block, Scope scope)
    {
        foreach (var statement in block)
        {
            if (Run(statement, scope) is { } returned)
            {
                return returned;
            }
        }

        return null;
    }

    private Returned? Run(Statement statement, Scope scope)
    {
        if (++_steps > MostSteps)
        {
            throw new NotFreezableException("too many steps");
        }

        switch (statement)
        {
            case Assignment assignment:
                Assign(assignment, scope);
                return null;
            case Evaluation evaluation:
                Evaluate(evaluation.Value, scope);
                return null;
            case Return returned:
                return new Returned(Evaluate(returned.Value, scope));
            case Choice choice:
                return Run(Truth(choice.Condition, scope) ? choice.Then : choice.Else, scope);
            case ForLoop loop:
                return Run(loop, scope);
            case WhileLoop loop:
                while (Truth(loop.Condition, scope))
                {
                    if (Run(loop.Body, scope) is { } result)
                    {
                        return result;
                    }
                }

                return null;
            default:
                throw new NotFreezableException("a statement of another kind");
        }
    }

    private Returned? Run(ForLoop loop, Scope scope)
    {
        var items =
            Evaluate(loop.Items, scope) as IReadOnlyList<object?>
            ?? throw new NotFreezableException("a loop over something else than a list");
        foreach (var item in items)
        {
            scope[loop.Target] = item;
            if (Run(loop.Body, scope) is { } result)
            {
                return result;
            }
        }

        return null;
    }

    private void Assign(Assignment assignment, Scope scope)
    {
        var value = Evaluate(assignment.Value, scope);
        if (!assignment.TakesApart)
        {
            scope[assignment.Targets[0]] = value;
            return;
        }

        if (value is not IReadOnlyList<object?> parts || parts.Count != assignment.Targets.Count)
        {
            throw new NotFreezableException("a tuple of another length");
        }

        for (var i = 0; i < parts.Count; i++)
        {
            scope[assignment.Targets[i]] = parts[i];
        }
    }

    private bool Truth(Expression condition, Scope scope) =>
        Evaluate(condition, scope) as bool?
        ?? throw new NotFreezableException("a condition on the numbers of an image");

    private object? Evaluate(Expression expression, Scope scope)
    {
        NotFreezableException.ThrowIfDeep();
        return expression switch
        {
            Literal literal => literal.Value,
            Name name => scope.TryGetValue(name.Text, out var value)
                ? value
                : throw new NotFreezableException($"the name '{name.Text}'"),
            Sequence sequence => sequence.Items.Select(item => Evaluate(item, scope)).ToList(),
            Negative negative => Builtins.Negate(Evaluate(negative.Operand, scope)),
            Subscript subscript => Builtins.Item(
                Evaluate(subscript.Owner, scope),
                Evaluate(subscript.Index, scope),
                _trace
            ),
            Attribute attribute => Part(attribute, scope),
            Call call => Invoke(call, scope),
            _ => throw new NotFreezableException("an expression of another kind"),
        };
    }

    private object? Part(Attribute attribute, Scope scope)
    {
        if (Path(attribute) is { } path && !scope.ContainsKey(path.Split('.')[0]))
        {
            return path.StartsWith("__torch__.", StringComparison.Ordinal) ? new FreeFunction(path)
                : path.StartsWith("CONSTANTS.c", StringComparison.Ordinal)
                    ? _values.Constant(path["CONSTANTS.c".Length..])
                : throw new NotFreezableException($"the name '{path}'");
        }

        return Evaluate(attribute.Owner, scope) is ScriptObject owner
            ? _values.Part(owner, attribute.Name)
            : throw new NotFreezableException($"the attribute '{attribute.Name}' of something that is no module");
    }

    private object? Invoke(Call call, Scope scope)
    {
        switch (call.Callee)
        {
            case Name { Text: "annotate" or "unchecked_cast" }:
                return Evaluate(call.Arguments[1], scope);
            case Name { Text: "uninitialized" }:
                return null;
            case Name { Text: "getattr" } when call.Arguments is [var owner, Literal { Value: string part }]:
                return Part(new Attribute(owner, part), scope);
            case Name name when !scope.ContainsKey(name.Text):
                return Builtins.Call(name.Text, Arguments(call, scope), _trace);
        }

        if (Path(call.Callee) is { } path && !scope.ContainsKey(path.Split('.')[0]))
        {
            var arguments = Arguments(call, scope);
            return path.StartsWith("torch.", StringComparison.Ordinal)
                    ? Builtins.Call(path["torch.".Length..], arguments, _trace)
                : path.StartsWith("ops.aten.", StringComparison.Ordinal)
                    ? Builtins.Call(path["ops.aten.".Length..], arguments, _trace)
                : path.StartsWith("ops.prim.", StringComparison.Ordinal)
                    ? Builtins.Call(path["ops.".Length..], arguments, _trace)
                : Free(path, arguments);
        }

        if (
            call.Callee is Attribute { Owner: var target, Name: var method }
            && Evaluate(target, scope) is ScriptObject module
        )
        {
            return Invoke(module, method, Arguments(call, scope));
        }

        return Evaluate(call.Callee, scope) is FreeFunction function
            ? Free(function.Qualified, Arguments(call, scope))
            : throw new NotFreezableException("a call of something else than a function");
    }

    private object? Free(string qualified, IReadOnlyList<Operand> arguments) =>
        Invoke(
            _file.Free(qualified) ?? throw new NotFreezableException($"the function {qualified}, which has no code"),
            arguments
        );

    private List<Operand> Arguments(Call call, Scope scope) =>
        [
            .. call.Arguments.Select(a => new Operand(null, Evaluate(a, scope))),
            .. call.Keywords.Select(k => new Operand(k.Name, Evaluate(k.Value, scope))),
        ];

    // a.b.c, or null for an expression that is no plain path.
    private static string? Path(Expression expression) =>
        expression switch
        {
            Name name => name.Text,
            Attribute attribute when Path(attribute.Owner) is { } owner => $"{owner}.{attribute.Name}",
            _ => null,
        };
}
