using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Api;

/// <summary>
/// Failures as problem details (RFC 9457): the paragraph that a command would print is the <c>detail</c>. What is not meant for
/// users goes to the log instead, once.
/// </summary>
internal sealed class ApiProblems(IProblemDetailsService problems, ILogger<ApiProblems> log) : IExceptionHandler
{
    /// <summary>The server tells of no error itself: this handler hears of each, even of those that it cannot answer.</summary>
    public static ExceptionHandlerOptions Options => new() { SuppressDiagnosticsCallback = _ => true };

    public async ValueTask<bool> TryHandleAsync(
        HttpContext context,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        var isForUsers = exception is UserErrorException or BadHttpRequestException;
        if (!isForUsers)
        {
            // Without the query, which may hold a secret.
            var request = context.Request;
            log.LogError(exception, "Failed {Method} {Path}", request.Method, RefusalLog.Plain(request.Path));
        }

        var (status, title) = exception switch
        {
            UserErrorException { ExitCode: ApiClient.UnreachableExitCode } => (503, "No coordinator"),
            UserErrorException { ExitCode: 2 } => (409, "Refused"),
            UserErrorException => (500, "The node is in trouble"),
            BadHttpRequestException bad => (bad.StatusCode, "Bad request"),
            _ => (500, "A defect of rsmooth"),
        };
        context.Response.StatusCode = status;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = new ProblemDetails
                {
                    Status = status,
                    Title = title,
                    // What is not meant for users may hold what they must not see.
                    Detail = isForUsers
                        ? exception.Message
                        : "The node met an error that it did not expect; its log says more.",
                },
            }
        );
    }

    /// <summary>404 for a sweep that is not in the ledger.</summary>
    public static ProblemHttpResult NoSweep(string id) =>
        TypedResults.Problem(
            $"There is no sweep '{id}'. GET /api/v1/sweeps (rsmooth ls) lists them.",
            statusCode: StatusCodes.Status404NotFound,
            title: "No such sweep"
        );

    /// <summary>400 for something that is wrong in the address or the body.</summary>
    public static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");

    /// <summary>400 with every problem of a sweep file.</summary>
    public static ProblemHttpResult Invalid(SweepFileResult file) =>
        TypedResults.Problem(
            file.Describe(),
            statusCode: StatusCodes.Status400BadRequest,
            title: "The sweep file cannot run",
            extensions: new Dictionary<string, object?>
            {
                ["problems"] = file.Errors.Select(ProblemView.From).ToArray(),
                ["warnings"] = file.Warnings.Select(ProblemView.From).ToArray(),
            }
        );
}
