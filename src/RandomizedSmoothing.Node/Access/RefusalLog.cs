using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Node.Access;

/// <summary>
/// One line for every request that was refused, and for every change: who, from where, what. Neither headers nor query nor body
/// are written, so that no key is.
/// </summary>
internal sealed class RefusalLog(RequestDelegate next, ILogger<RefusalLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException error)
        {
            Write(context, error.StatusCode);
            throw;
        }

        Write(context, context.Response.StatusCode);
    }

    private void Write(HttpContext context, int status)
    {
        var request = context.Request;
        var who = context.User.Identity?.Name ?? "nobody";
        if (status is 400 or 401 or 403 or 408 or 413 or 421 or 422 or 429)
        {
            log.LogWarning(
                "Refused {Status} {Method} {Path} of {Who} at {Address}",
                status,
                request.Method,
                Plain(request.Path),
                who,
                context.Connection.RemoteIpAddress
            );
        }
        else if (
            !HttpMethods.IsGet(request.Method)
            && !HttpMethods.IsHead(request.Method)
            && !request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
        )
        {
            log.LogInformation("{Who} {Method} {Path}: {Status}", who, request.Method, Plain(request.Path), status);
        }
    }

    /// <summary>The path in one line of printable characters.</summary>
    public static string Plain(PathString path)
    {
        var text = path.Value ?? "";
        return string.Concat(text.Take(200).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
