using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Listing, following and steering sweeps.</summary>
internal static class SweepEndpoints
{
    private const int MostPerPage = 1000;

    public static void MapSweeps(this IEndpointRouteBuilder routes)
    {
        var sweeps = routes.MapGroup("/api/v1/sweeps").WithTags("sweeps");
        sweeps
            .MapGet("", ListAsync)
            .WithName("listSweeps")
            .WithSummary("List sweeps, the last submitted first. 'next' of a page is 'after' of the next.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        sweeps.MapGet("{id}", ShowAsync).WithName("showSweep").WithSummary("One sweep with progress and troubles.");
        sweeps
            .MapGet("{id}/progress", FollowAsync)
            .WithName("followSweep")
            .WithSummary("Progress as server-sent events until the sweep is final.")
            .WithDescription(
                "Events of type 'history' are numbered: Last-Event-ID resumes after one. Events of type 'progress' are snapshots."
            )
            .Produces<ProgressView>(contentType: "text/event-stream");
        MapCommand(
            sweeps,
            "pause",
            "Hold a sweep, within running shards, too.",
            (c, id, token) => c.PauseAsync(id, token)
        );
        MapCommand(sweeps, "resume", "Let a held sweep go on.", (c, id, token) => c.ResumeAsync(id, token));
        MapCommand(sweeps, "cancel", "End a sweep; its votes stay.", (c, id, token) => c.CancelAsync(id, token));
        MapCommand(
            sweeps,
            "retry",
            "Try again what was given up, or an ended sweep.",
            (c, id, token) => c.RetryAsync(id, token)
        );
        sweeps
            .MapPut(
                "{id}/priority",
                (string id, PriorityRequest request, SweepAccess access, CancellationToken token) =>
                    access.CommandAsync(id, (c, sweep, t) => c.SetPriorityAsync(sweep, request.Priority, t), token)
            )
            .WithName("prioritizeSweep")
            .WithSummary("Put a sweep before or behind others; the higher priority goes first.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static void MapCommand(
        RouteGroupBuilder sweeps,
        string verb,
        string summary,
        Func<ISweepClient, SweepId, CancellationToken, Task> command
    ) =>
        sweeps
            .MapPost(
                $"{{id}}/{verb}",
                (string id, SweepAccess access, CancellationToken token) => access.CommandAsync(id, command, token)
            )
            .WithName($"{verb}Sweep")
            .WithSummary(summary)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<RenderedJson<SweepPage>, ProblemHttpResult>> ListAsync(
        SweepMonitor monitor,
        string? state,
        string? after,
        CancellationToken cancellation,
        int limit = 100
    )
    {
        if (limit is < 1 or > MostPerPage)
        {
            return ApiProblems.Bad($"limit is {limit}: it must lie between 1 and {MostPerPage}.");
        }

        SweepState? wanted = null;
        if (state is not null)
        {
            var states = Enum.GetValues<SweepState>().ToDictionary(SweepText.Of, StringComparer.OrdinalIgnoreCase);
            if (!states.TryGetValue(state, out var known))
            {
                return ApiProblems.Bad($"state is '{state}': known are {string.Join(", ", states.Keys)}.");
            }

            wanted = known;
        }

        var page = await monitor.RenderAsync(
            (wanted, after, limit),
            async () => Page(await monitor.ListAsync(CancellationToken.None), wanted, after, limit),
            cancellation
        );
        return new RenderedJson<SweepPage>(page!);
    }

    private static SweepPage Page(IReadOnlyList<SweepRecord> sweeps, SweepState? state, string? after, int limit)
    {
        var all = sweeps.Reverse();
        if (after is not null)
        {
            all = all.SkipWhile(sweep => sweep.Id.Value != after).Skip(1);
        }

        var page = all.Where(sweep => state is null || sweep.State == state).Take(limit + 1).ToList();
        var next = page.Count > limit ? page[limit - 1].Id.Value : null;
        return new SweepPage([.. page.Take(limit).Select(r => SweepText.View(r, r.Progress))], next);
    }

    private static async Task<Results<RenderedJson<SweepDetail>, ProblemHttpResult>> ShowAsync(
        string id,
        SweepAccess access,
        SweepMonitor monitor,
        CancellationToken cancellation
    ) =>
        await monitor.RenderAsync(id, () => DetailAsync(id, access, monitor), cancellation) is { } detail
            ? new RenderedJson<SweepDetail>(detail)
            : ApiProblems.NoSweep(id);

    private static async Task<SweepDetail?> DetailAsync(string id, SweepAccess access, SweepMonitor monitor)
    {
        if (await access.FindAsync(id, CancellationToken.None) is not { } record)
        {
            return null;
        }

        var progress = await monitor.ProgressAsync(record.Id, CancellationToken.None) ?? record.Progress;
        var troubles = await monitor.TroublesAsync(record.Id, CancellationToken.None);
        return new SweepDetail(
            SweepText.View(record, progress),
            progress is null ? null : ProgressView.From(progress),
            [
                .. troubles.Select(t => new TroubleView(
                    t.Cell.Value,
                    t.First,
                    t.Count,
                    SweepText.Of(t.Kind),
                    t.Attempts,
                    t.Reason
                )),
            ]
        );
    }

    private static async Task<Results<ServerSentEventsResult<string>, ProblemHttpResult>> FollowAsync(
        string id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        SweepAccess access,
        SweepMonitor monitor,
        ProgressStream stream,
        IHostApplicationLifetime lifetime,
        ClaimsPrincipal reader,
        KeyRing keys,
        CancellationToken cancellation
    )
    {
        if (await access.FindAsync(id, cancellation) is not { } record)
        {
            return ApiProblems.NoSweep(id);
        }

        var after = 0L;
        if (lastEventId is { Length: > 0 } && !long.TryParse(lastEventId, out after))
        {
            return ApiProblems.Bad($"Last-Event-ID is '{lastEventId}': the number of a history event is expected.");
        }

        return TypedResults.ServerSentEvents(
            While(
                () => keys.StillHolds(reader),
                token =>
                    stream.ReadAsync(
                        t => monitor.ProgressAsync(record.Id, t),
                        (from, t) => monitor.HistoryAsync(record.Id, from, t),
                        after,
                        token
                    ),
                lifetime.ApplicationStopping,
                cancellation
            )
        );
    }

    /// <summary>
    /// A node that stops ends its streams, so that readers go on at another and nothing waits for them; so does a key that is struck out.
    /// </summary>
    private static async IAsyncEnumerable<SseItem<string>> While(
        Func<bool> isAllowed,
        Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> read,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await foreach (var item in read(either.Token))
        {
            if (!isAllowed())
            {
                yield break;
            }

            yield return item;
        }
    }
}
