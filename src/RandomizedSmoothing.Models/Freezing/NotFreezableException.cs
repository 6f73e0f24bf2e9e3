using System.Runtime.CompilerServices;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>A TorchScript program uses something that is not understood here, so that it has to compute itself.</summary>
/// <param name="why">What, in a few words, for people.</param>
internal sealed class NotFreezableException(string why) : Exception(why)
{
    /// <summary>Ends a recursion over what a file holds before the stack does.</summary>
    public static void ThrowIfDeep()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new NotFreezableException("code or values nested too deeply");
        }
    }
}
