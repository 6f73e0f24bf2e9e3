using Microsoft.AspNetCore.Http;

namespace RandomizedSmoothing.Node.Access;

/// <summary>
/// What browsers are told of every answer: pages load from this node only, run in no frame of another site, and leak no address.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // Plots and the components of pages carry inline styles; scripts are files.
    private const string Content =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Content;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not no-referrer: under it, browsers send the forms of this node's own pages with a null origin.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(context);
    }
}
