using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>Reads the part of Python that <c>torch.jit.save</c> writes: types are skipped, everything else becomes a tree.</summary>
internal sealed class ScriptParser : TokenReader
{
    private ScriptParser(IReadOnlyList<Token> tokens)
        : base(tokens) { }

    /// <exception cref="NotFreezableException">Code of another form.</exception>
    public static ScriptCode Read(string text)
    {
        var parser = new ScriptParser(ScriptLexer.Cut(text));
        var functions = new Dictionary<string, Function>(StringComparer.Ordinal);
        var classes = new Dictionary<string, IReadOnlyDictionary<string, Function>>(StringComparer.Ordinal);
        while (parser.Current.Kind != TokenKind.End)
        {
            if (parser.Accept("def"))
            {
                var function = parser.ReadFunction();
                functions[function.Name] = function;
            }
            else if (parser.Accept("class"))
            {
                var (name, methods) = parser.ReadClass();
                classes[name] = methods;
            }
            else
            {
                parser.SkipLine();
            }
        }

        return new ScriptCode(functions, classes);
    }

    private (string Name, IReadOnlyDictionary<string, Function> Methods) ReadClass()
    {
        var name = ReadName();
        SkipLine();
        var methods = new Dictionary<string, Function>(StringComparer.Ordinal);
        Require(TokenKind.Indent);
        while (!Accept(TokenKind.Dedent))
        {
            if (Accept("def"))
            {
                var method = ReadFunction();
                methods[method.Name] = method;
            }
            else
            {
                SkipLine();
            }
        }

        return (name, methods);
    }

    private Function ReadFunction()
    {
        var name = ReadName();
        Require("(");
        var parameters = new List<Parameter>();
        while (!Accept(")"))
        {
            var parameter = ReadName();
            if (Accept(":"))
            {
                ReadExpression();
            }

            parameters.Add(new Parameter(parameter, Accept("=") ? ReadExpression() : null));
            Accept(",");
        }

        if (Accept("->"))
        {
            ReadExpression();
        }

        return new Function(name, parameters, ReadBlock());
    }

    private List<Statement> ReadBlock()
    {
        Require(":");
        Require(TokenKind.NewLine);
        Require(TokenKind.Indent);
        NotFreezableException.ThrowIfDeep();
        var block = new List<Statement>();
        while (!Accept(TokenKind.Dedent))
        {
            if (Accept("pass"))
            {
                Require(TokenKind.NewLine);
            }
            else
            {
                block.Add(ReadStatement());
            }
        }

        return block;
    }

    private Statement ReadStatement()
    {
        if (Accept("if"))
        {
            var condition = ReadExpression();
            var then = ReadBlock();
            return new Choice(condition, then, Accept("else") ? ReadBlock() : []);
        }

        if (Accept("for"))
        {
            var target = ReadName();
            Require("in");
            return new ForLoop(target, ReadExpression(), ReadBlock());
        }

        if (Accept("while"))
        {
            return new WhileLoop(ReadExpression(), ReadBlock());
        }

        if (Accept("return"))
        {
            return Ended(new Return(ReadExpression()));
        }

        var first = ReadExpression();
        if (Current.Text is not ("=" or ":" or ",") || Current.Kind != TokenKind.Symbol)
        {
            return Ended(new Evaluation(first));
        }

        var targets = new List<string> { NameOf(first) };
        var takesApart = false;
        while (Accept(","))
        {
            takesApart = true;
            if (Current.Kind == TokenKind.Name)
            {
                targets.Add(ReadName());
            }
        }

        if (Accept(":"))
        {
            ReadExpression();
        }

        Require("=");
        return Ended(new Assignment(targets, takesApart, ReadTuple()));
    }

    // a, b = c, d
    private Expression ReadTuple()
    {
        var items = new List<Expression> { ReadExpression() };
        while (Accept(",") && Current.Kind != TokenKind.NewLine)
        {
            items.Add(ReadExpression());
        }

        return items is [var only] ? only : new Sequence(items);
    }

    private T Ended<T>(T statement)
    {
        Require(TokenKind.NewLine);
        return statement;
    }

    private Expression ReadExpression()
    {
        NotFreezableException.ThrowIfDeep();
        var negative = Accept("-");
        var expression = ReadPrimary();
        while (true)
        {
            if (Accept("."))
            {
                expression = new Attribute(expression, ReadName());
            }
            else if (Accept("("))
            {
                expression = ReadCall(expression);
            }
            else if (Accept("["))
            {
                var items = ReadItems("]");
                expression = new Subscript(expression, items is [var only] ? only : new Sequence(items));
            }
            else
            {
                return negative ? new Negative(expression) : expression;
            }
        }
    }

    private Expression ReadPrimary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new Literal(token.Value);
            case TokenKind.Text:
                return new Literal(token.Text);
            case TokenKind.Name:
                return token.Text switch
                {
                    "True" => new Literal(true),
                    "False" => new Literal(false),
                    "None" => new Literal(null),
                    _ => new Name(token.Text),
                };
            case TokenKind.Symbol when token.Text == "[":
                return new Sequence(ReadItems("]"));
            case TokenKind.Symbol when token.Text == "(":
                var items = ReadItems(")");

                // (a) is a, and (a,) a tuple.
                return items.Count == 1 && BeforeLast.Text != "," ? items[0] : new Sequence(items);
            default:
                throw Unexpected(token);
        }
    }

    private List<Expression> ReadItems(string end)
    {
        var items = new List<Expression>();
        while (!Accept(end))
        {
            items.Add(ReadExpression());
            Accept(",");
        }

        return items;
    }

    private Call ReadCall(Expression callee)
    {
        var arguments = new List<Expression>();
        var keywords = new List<(string, Expression)>();
        while (!Accept(")"))
        {
            if (Current.Kind == TokenKind.Name && Following is { Kind: TokenKind.Symbol, Text: "=" })
            {
                var name = ReadName();
                Take();
                keywords.Add((name, ReadExpression()));
            }
            else
            {
                arguments.Add(ReadExpression());
            }

            Accept(",");
        }

        return new Call(callee, arguments, keywords);
    }

    private static string NameOf(Expression target) =>
        target is Name name ? name.Text : throw new NotFreezableException("an assignment to something without a name");
}
