using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>How a command has ended.</summary>
public enum ConsoleOutcome
{
    /// <summary>It has not: more lines follow.</summary>
    None,

    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>It was refused, or failed; the line says why.</summary>
    Failed,
}

/// <summary>One line of an answer; the last one holds the outcome.</summary>
/// <param name="Text">The line; empty in the last line of a command that was carried out.</param>
/// <param name="Outcome">How the command has ended.</param>
public sealed record ConsoleLine(string Text, ConsoleOutcome Outcome = ConsoleOutcome.None);

/// <summary>Carries out lines of text and answers in lines of text, whichever way they come and go.</summary>
public sealed class OperatorConsole(OperatorPalette palette, ILogger<OperatorConsole> log)
{
    /// <summary>The commands there are.</summary>
    public OperatorPalette Palette => palette;

    /// <summary>Carries out one line.</summary>
    /// <param name="line"><c>MODULE COMMAND -switch value</c>, or <c>help</c>.</param>
    /// <param name="mayChange">Whether commands that change something are carried out.</param>
    /// <param name="cancellation">Whoever asked has gone.</param>
    public async IAsyncEnumerable<ConsoleLine> RunAsync(
        string line,
        bool mayChange,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        OperatorCall? call = null;
        IReadOnlyList<string> help = [];
        string? refusal = null;
        try
        {
            var words = CommandWords.Split(line);
            if (words.Count > 0 && words[0] == "help")
            {
                help = PaletteHelp.Of(palette, [.. words.Skip(1)]);
            }
            else
            {
                call = palette.Read(words);
                refusal =
                    call.Command.Changes && !mayChange
                        ? $"'{call.Command.FullName}' changes something; it takes the role operator."
                        : null;
            }
        }
        catch (UserErrorException error)
        {
            refusal = error.Message;
        }

        if (refusal is not null)
        {
            yield return new ConsoleLine(refusal, ConsoleOutcome.Failed);
            yield break;
        }

        if (call is null)
        {
            foreach (var text in help)
            {
                yield return new ConsoleLine(text);
            }

            yield return new ConsoleLine("", ConsoleOutcome.Done);
            yield break;
        }

        await foreach (var answer in AnswerAsync(call, cancellation))
        {
            yield return answer;
        }
    }

    private async IAsyncEnumerable<ConsoleLine> AnswerAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (call.Command.Changes)
        {
            log.LogInformation("Operator command {Command}", call.ToString());
        }

        var blocks = call.Command.Handler(call, cancellation).GetAsyncEnumerator(cancellation);
        await using var _ = blocks;
        while (true)
        {
            AnswerBlock? block = null;
            ConsoleLine? failure = null;
            try
            {
                block = await blocks.MoveNextAsync() ? blocks.Current : null;
            }
            catch (UserErrorException error)
            {
                failure = Failed(error.Message);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogError(error, "Operator command {Command} failed", call.Command.FullName);
                failure = Failed(
                    $"'{call.Command.FullName}' failed ({error.GetType().Name}); the node's log says more."
                );
            }

            if (failure is not null)
            {
                yield return failure;
                yield break;
            }

            if (block is null)
            {
                yield return new ConsoleLine("", ConsoleOutcome.Done);
                yield break;
            }

            foreach (var text in call.WantsJson ? [JsonRendering.Line(block)] : TextRendering.Lines(block))
            {
                yield return new ConsoleLine(text);
            }
        }
    }

    private static ConsoleLine Failed(string text) => new(text, ConsoleOutcome.Failed);
}
