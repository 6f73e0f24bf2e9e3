using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Dashboard.Reading;

/// <summary>
/// Who reads a page, asked again while it is open: the connection of a page outlives the request that showed the key, and a key that
/// is struck out, or made one that may only look, counts no longer than elsewhere.
/// </summary>
internal sealed class RevalidatedReader(ILoggerFactory logging, KeyRing keys)
    : RevalidatingServerAuthenticationStateProvider(logging)
{
    /// <inheritdoc />
    protected override TimeSpan RevalidationInterval => KeyRing.Refresh;

    /// <inheritdoc />
    protected override Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    ) => Task.FromResult(keys.StillHolds(authenticationState.User));
}
