namespace RandomizedSmoothing.Models.Scripts;

/// <summary>Something that has a value.</summary>
internal abstract record Expression;

/// <summary>A number, string, truth value or None.</summary>
internal sealed record Literal(object? Value) : Expression;

/// <summary>A variable, or the first part of a qualified name.</summary>
internal sealed record Name(string Text) : Expression;

/// <summary><c>owner.name</c>.</summary>
internal sealed record Attribute(Expression Owner, string Name) : Expression;

/// <summary><c>owner[index]</c>.</summary>
internal sealed record Subscript(Expression Owner, Expression Index) : Expression;

/// <summary><c>callee(a, b, name=c)</c>.</summary>
internal sealed record Call(
    Expression Callee,
    IReadOnlyList<Expression> Arguments,
    IReadOnlyList<(string Name, Expression Value)> Keywords
) : Expression;

/// <summary>A list or tuple.</summary>
internal sealed record Sequence(IReadOnlyList<Expression> Items) : Expression;

/// <summary>−operand.</summary>
internal sealed record Negative(Expression Operand) : Expression;

/// <summary>Something that is done.</summary>
internal abstract record Statement;

/// <summary><c>target = value</c>, or several targets that take a tuple apart.</summary>
internal sealed record Assignment(IReadOnlyList<string> Targets, bool TakesApart, Expression Value) : Statement;

/// <summary>A call for its own sake.</summary>
internal sealed record Evaluation(Expression Value) : Statement;

/// <summary><c>if condition: … else: …</c></summary>
internal sealed record Choice(Expression Condition, IReadOnlyList<Statement> Then, IReadOnlyList<Statement> Else)
    : Statement;

/// <summary><c>for target in items: …</c></summary>
internal sealed record ForLoop(string Target, Expression Items, IReadOnlyList<Statement> Body) : Statement;

/// <summary><c>while condition: …</c></summary>
internal sealed record WhileLoop(Expression Condition, IReadOnlyList<Statement> Body) : Statement;

/// <summary><c>return value</c>.</summary>
internal sealed record Return(Expression Value) : Statement;

/// <summary>A parameter, and its value where a call gives none.</summary>
internal sealed record Parameter(string Name, Expression? Default);

/// <summary>A function or method.</summary>
internal sealed record Function(string Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Body);

/// <summary>A file of code: its functions by name, and the methods of its classes.</summary>
internal sealed record ScriptCode(
    IReadOnlyDictionary<string, Function> Functions,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, Function>> Classes
);
