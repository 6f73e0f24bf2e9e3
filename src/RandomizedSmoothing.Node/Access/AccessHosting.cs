using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RandomizedSmoothing.Node.Access;

/// <summary>Marks an endpoint that viewers may use though it is no GET.</summary>
public sealed class ForViewersAttribute : Attribute;

/// <summary>
/// Access control of a node's HTTP: whatever is not marked otherwise needs a viewer's key to be read and an operator's to be
/// changed, so that an endpoint that is added later is not open by oversight.
/// </summary>
public static class AccessHosting
{
    /// <summary>Adds keys, roles and limits.</summary>
    public static IServiceCollection AddNodeAccess(this IServiceCollection services, AccessOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyAttempts>();
        services
            .AddAuthentication(KeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(
                new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(MayAsk).Build()
            );
        services.AddCascadingAuthenticationState();
        services.AddRateLimiter(limits => Limit(limits, options));
        return services;
    }

    /// <summary>Puts access control before all that is mapped.</summary>
    public static void UseNodeAccess(this WebApplication app)
    {
        // A file of keys that cannot be read stops the node from starting, not the first request.
        app.Services.GetRequiredService<KeyRing>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<RefusalLog>();
        app.UseMiddleware<OriginGuard>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.MapSignIn();
    }

    private static bool MayAsk(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http)
        {
            return false;
        }

        var looks =
            HttpMethods.IsGet(http.Request.Method)
            || HttpMethods.IsHead(http.Request.Method)
            || http.GetEndpoint()?.Metadata.GetMetadata<ForViewersAttribute>() is not null
            // The connection of a page; what the page may do is asked when it does it.
            || http.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);
        return context.User.IsInRole(looks ? nameof(AccessRole.Viewer) : nameof(AccessRole.Operator));
    }

    private static void Limit(RateLimiterOptions limits, AccessOptions options)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            RateLimitPartition.GetTokenBucketLimiter(
                http.User.Identity
                    is {
                        IsAuthenticated: true,
                        Name: not (KeyAuthentication.Anyone or KeyAuthentication.Anonymous) and { } name
                    }
                    ? name
                    : http.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = 2 * options.RequestsPerSecond,
                    TokensPerPeriod = Math.Max(1, options.RequestsPerSecond / 10),
                    ReplenishmentPeriod = TimeSpan.FromSeconds(0.1),
                    AutoReplenishment = true,
                }
            )
        );
        limits.OnRejected = async (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            await AccessProblems.WriteAsync(
                context.HttpContext,
                StatusCodes.Status429TooManyRequests,
                "Too many requests",
                $"More than {options.RequestsPerSecond} requests a second came from one key or address (setting rate-limit). Ask again in a second."
            );
        };
    }
}
