namespace RandomizedSmoothing.Core;

/// <summary>
/// A mistake that the user can mend: wrong input, a missing or damaged file, an impossible combination.
/// <see cref="Exception.Message"/> is one paragraph that says what is wrong, where, the given value, the rule and the
/// remedy; front ends print it as it stands, without a stack trace, and exit with <see cref="ExitCode"/>.
/// </summary>
public sealed class UserErrorException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code a command ends with: 2 (bad input) unless the cause is outside the input, then 1.</summary>
    public int ExitCode { get; init; } = 2;

    /// <summary>Whether the input is at fault, so that trying again cannot help; else this machine or what it depends on is.</summary>
    public bool IsMistake => ExitCode == 2;
}
