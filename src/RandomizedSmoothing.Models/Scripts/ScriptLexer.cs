using System.Globalization;
using System.Text;
using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>Kinds of words of a program.</summary>
internal enum TokenKind
{
    Name,
    Number,
    Text,
    Symbol,
    NewLine,
    Indent,
    Dedent,
    End,
}

/// <summary>A word of a program.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; of a string, what it says.</param>
/// <param name="Value">Of a number: <see cref="long"/> or <see cref="double"/>.</param>
internal readonly record struct Token(TokenKind Kind, string Text, object? Value = null);

/// <summary>Cuts the part of Python that <c>torch.jit.save</c> writes into words.</summary>
internal sealed class ScriptLexer
{
    private const string Symbols = "()[]{},:.=-";
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly Stack<int> _indents = new([0]);
    private int _at;
    private int _open;

    private ScriptLexer(string text) => _text = text;

    /// <summary>The words, ended by <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="NotFreezableException">A character that such programs do not have.</exception>
    public static IReadOnlyList<Token> Cut(string text)
    {
        var lexer = new ScriptLexer(text);
        lexer.Cut();
        return lexer._tokens;
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private void Cut()
    {
        Indentation();
        while (_at < _text.Length)
        {
            var c = Current;
            if (c == '\n')
            {
                _at++;
                if (_open == 0)
                {
                    Add(TokenKind.NewLine, "\n");
                    Indentation();
                }
            }
            else if (char.IsWhiteSpace(c))
            {
                _at++;
            }
            else if (c == '#')
            {
                Skip(k => k != '\n');
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                Add(TokenKind.Name, Skip(k => char.IsAsciiLetterOrDigit(k) || k == '_'));
            }
            else if (char.IsAsciiDigit(c))
            {
                Number();
            }
            else if (c is '"' or '\'')
            {
                Text(c);
            }
            else
            {
                Symbol(c);
            }
        }

        if (_tokens is [.., { Kind: not TokenKind.NewLine }])
        {
            Add(TokenKind.NewLine, "\n");
        }

        Unwind(0);
        Add(TokenKind.End, "");
    }

    private void Symbol(char c)
    {
        if (c == '-' && _at + 1 < _text.Length && _text[_at + 1] == '>')
        {
            _at += 2;
            Add(TokenKind.Symbol, "->");
            return;
        }

        if (!Symbols.Contains(c))
        {
            throw new NotFreezableException($"the character '{c}' in its code");
        }

        _open +=
            c is '(' or '[' or '{' ? 1
            : c is ')' or ']' or '}' ? -1
            : 0;
        _at++;
        Add(TokenKind.Symbol, c.ToString());
    }

    private void Indentation()
    {
        while (_at < _text.Length)
        {
            var start = _at;
            Skip(k => k == ' ');
            if (Current is '\n' or '#')
            {
                Skip(k => k != '\n');
                _at++;
                continue;
            }

            var depth = _at - start;
            if (depth > _indents.Peek())
            {
                _indents.Push(depth);
                Add(TokenKind.Indent, "");
            }
            else
            {
                Unwind(depth);
            }

            return;
        }
    }

    private void Unwind(int depth)
    {
        while (_indents.Peek() > depth)
        {
            _indents.Pop();
            Add(TokenKind.Dedent, "");
        }
    }

    private void Number()
    {
        var start = _at;
        Skip(k => char.IsAsciiDigit(k) || k == '.');
        if (Current is 'e' or 'E')
        {
            _at++;
            if (Current is '+' or '-')
            {
                _at++;
            }

            Skip(char.IsAsciiDigit);
        }

        var text = _text[start.._at];
        object value =
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? (object)whole
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real
            : throw new NotFreezableException($"the number '{text}' in its code");
        _tokens.Add(new Token(TokenKind.Number, text, value));
    }

    private void Text(char quote)
    {
        var text = new StringBuilder();
        for (_at++; Current != quote; _at++)
        {
            if (_at >= _text.Length || Current == '\n')
            {
                throw new NotFreezableException("a string in its code that does not end");
            }

            if (Current == '\\')
            {
                _at++;
            }

            text.Append(Current);
        }

        _at++;
        Add(TokenKind.Text, text.ToString());
    }

    private string Skip(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _text.Length && belongs(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new Token(kind, text));
}
