using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RandomizedSmoothing.Node.Access;

/// <summary>
/// Finds out who asks: by the header <c>Authorization: Bearer KEY</c>, or by the cookie that the sign-in page sets. Without any
/// configured key everybody is an operator.
/// </summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logging,
    UrlEncoder encoder,
    KeyRing ring,
    KeyAttempts attempts,
    AccessOptions access
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    public const string SchemeName = "rsmooth";
    public const string Cookie = "rsmooth-key";

    /// <summary>Whoever asks a node that has no keys.</summary>
    public const string Anyone = "anyone";

    /// <summary>Whoever shows no key where looking needs none.</summary>
    public const string Anonymous = "anonymous";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ring.IsEmpty)
        {
            return Task.FromResult(Success(Anyone, AccessRole.Operator));
        }

        if (Presented(Request) is not { } text)
        {
            return Task.FromResult(
                access.AnonymousRead ? Success(Anonymous, AccessRole.Viewer) : AuthenticateResult.NoResult()
            );
        }

        return Task.FromResult(
            attempts.TryVerify(text, Context.Connection.RemoteIpAddress, out var key)
                ? Success(key.Name, key.Role)
                : AuthenticateResult.Fail("The key is not known.")
        );
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (
            HttpMethods.IsGet(Request.Method)
            && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        )
        {
            Response.Redirect(
                $"{SignIn.Path}?to={Uri.EscapeDataString(Request.PathBase + Request.Path + Request.QueryString)}"
            );
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await AccessProblems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            "No key",
            Presented(Request) is null
                ? "This node asks for an API key: send it as 'Authorization: Bearer KEY'; rsmooth takes it from RSMOOTH_API_KEY or --api-key-file."
                : "The API key that was sent is not one of this node's. Whoever runs the cluster makes keys with 'rsmooth node keys new'."
        );
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AccessProblems.WriteAsync(
            Context,
            StatusCodes.Status403Forbidden,
            "Not allowed",
            $"'{Context.User.Identity?.Name}' may look, but not change anything: that takes a key with the role operator."
        );

    private static string? Presented(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return header[Bearer.Length..].Trim();
        }

        return request.Cookies.TryGetValue(Cookie, out var cookie) && cookie.Length > 0 ? cookie : null;
    }

    private static AuthenticateResult Success(string name, AccessRole role)
    {
        var identity = new ClaimsIdentity(SchemeName);
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        identity.AddClaim(new Claim(ClaimTypes.Role, nameof(AccessRole.Viewer)));
        if (role == AccessRole.Operator)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, nameof(AccessRole.Operator)));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
