using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>One writing process a file: an exclusive lock that the system releases when the process ends in any way.</summary>
internal static class SqliteLock
{
    /// <summary>Takes the lock of a ledger, creating its folder.</summary>
    /// <exception cref="UserErrorException">Another process holds it, or the folder cannot be written.</exception>
    public static FileStream Take(string ledger)
    {
        var path = ledger + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ledger)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw Unwritable(ledger, error);
        }
        catch (IOException error) when (File.Exists(path) && IsSharingViolation(error))
        {
            throw new UserErrorException(
                $"The ledger {ledger} is in use by another process. Wait until that run ends or stop it, or name another "
                    + "folder with --out. Watching and exporting work meanwhile.",
                error
            );
        }
        catch (IOException error)
        {
            throw Unwritable(ledger, error);
        }
    }

    private static UserErrorException Unwritable(string ledger, Exception error) =>
        new(
            $"The ledger {ledger} cannot be created or written: {error.Message.TrimEnd('.')}. Name a folder that you can write "
                + "to, or free some space.",
            error
        );

    // .NET reports a lock held by another process as EWOULDBLOCK (Unix) or as a sharing violation (Windows).
    private static bool IsSharingViolation(IOException error) =>
        error.HResult is unchecked((int)0x80070020) or 11 or 35;
}
