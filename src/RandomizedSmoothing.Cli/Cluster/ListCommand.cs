using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary><c>rsmooth ls</c>: the sweeps of a cluster.</summary>
public static class ListCommand
{
    private const int PageSize = 200;

    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var state = StateOption();
        var output = OutputOption.Create();
        return ClusterCommand.Create(
            terminal,
            "ls",
            "List the sweeps of a cluster, the last submitted first.",
            [state, output],
            async (client, parsed, cancellation) =>
            {
                var table = new RowTable("id", "state", "priority", "cells", "images", "done", "draws", "submitted");
                await foreach (var sweep in AllAsync(client, parsed.GetValue(state), cancellation))
                {
                    table.Add(
                        sweep.Id,
                        ProgressText.StateOf(sweep.State),
                        sweep.Priority,
                        sweep.Cells,
                        sweep.Images,
                        sweep.ImagesDone,
                        sweep.Draws,
                        sweep.SubmittedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'")
                    );
                }

                table.Write(terminal.Out, parsed.GetValue(output));
                return ExitCodes.Done;
            }
        );
    }

    // Named as the list prints them; the names of the program's own enumeration are taken too.
    private static Option<SweepState?> StateOption()
    {
        var states = Enum.GetValues<SweepState>();
        var names = states.Select(ProgressText.StateOf).ToArray();
        var option = new Option<SweepState?>("--state")
        {
            Description = $"Only sweeps in this state: {string.Join(", ", names)}.",
            HelpName = "STATE",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                foreach (var state in states)
                {
                    if (Is(text, ProgressText.StateOf(state)) || Is(text, state.ToString()))
                    {
                        return state;
                    }
                }

                result.AddError($"--state is '{text}': it must be one of {string.Join(", ", names)}.");
                return null;
            },
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. names]);
        return option;
    }

    private static bool Is(string text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static async IAsyncEnumerable<SweepView> AllAsync(
        ApiClient client,
        SweepState? state,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var filter = state is { } wanted ? $"&state={ProgressText.StateOf(wanted)}" : "";
        string? after = null;
        do
        {
            var from = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var page = await client.GetAsync<SweepPage>($"/api/v1/sweeps?limit={PageSize}{filter}{from}", cancellation);
            foreach (var sweep in page.Sweeps)
            {
                yield return sweep;
            }

            after = page.Next;
        } while (after is not null);
    }
}
