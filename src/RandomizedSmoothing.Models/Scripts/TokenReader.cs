using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>Goes through the words of a program.</summary>
internal abstract class TokenReader(IReadOnlyList<Token> tokens)
{
    private int _at;

    /// <summary>The next word.</summary>
    protected Token Current => tokens[_at];

    /// <summary>The word after the next.</summary>
    protected Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>The word before the last that was taken.</summary>
    protected Token BeforeLast => tokens[_at - 2];

    /// <summary>Takes the next word.</summary>
    protected Token Take() => tokens[_at++];

    /// <summary>Takes a name.</summary>
    protected string ReadName() => Current.Kind == TokenKind.Name ? Take().Text : throw Unexpected(Current);

    /// <summary>Takes the next word if it is this one.</summary>
    protected bool Accept(string text)
    {
        var found = Current.Kind is TokenKind.Name or TokenKind.Symbol && Current.Text == text;
        _at += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes the next word if it is of this kind.</summary>
    protected bool Accept(TokenKind kind)
    {
        if (Current.Kind == TokenKind.End)
        {
            throw Unexpected(Current);
        }

        var found = Current.Kind == kind;
        _at += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes this word.</summary>
    protected void Require(string text)
    {
        if (!Accept(text))
        {
            throw Unexpected(Current);
        }
    }

    /// <summary>Takes a word of this kind.</summary>
    protected void Require(TokenKind kind)
    {
        if (!Accept(kind))
        {
            throw Unexpected(Current);
        }
    }

    /// <summary>Takes everything to the end of the line.</summary>
    protected void SkipLine()
    {
        while (!Accept(TokenKind.NewLine))
        {
            _at++;
        }
    }

    /// <summary>That a word does not belong where it stands.</summary>
    protected static NotFreezableException Unexpected(Token token) =>
        new(token.Kind == TokenKind.End ? "code that breaks off" : $"'{token.Text}' in its code");
}
