using Npgsql;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>Tells passing failures of PostgreSQL from lasting ones, and says in plain words what a lasting one means.</summary>
internal static class PostgresErrors
{
    // idle_in_transaction_session_timeout, which Npgsql does not name.
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>
    /// Whether the same work may succeed later: the server is stopped, starting or standing by, the connection was cut,
    /// transactions got in each other's way, or the server is short of connections, memory or disk.
    /// </summary>
    public static bool IsTransient(Exception error) =>
        error is NpgsqlException { IsTransient: true }
        || error is PostgresException postgres
            && postgres.SqlState
                is PostgresErrorCodes.AdminShutdown
                    or PostgresErrorCodes.CrashShutdown
                    or PostgresErrorCodes.IdleSessionTimeout
                    or IdleInTransactionTimeout
                    or PostgresErrorCodes.ReadOnlySqlTransaction
                    or PostgresErrorCodes.QueryCanceled;

    /// <summary>The explanation, or null when the failure is not the user's or the server's. Holds no secret.</summary>
    public static UserErrorException? Explain(Exception error, string location)
    {
        var text = error switch
        {
            PostgresException postgres => Explain(postgres, location),
            InvalidDataException =>
                $"The ledger {location} is damaged ({error.Message.TrimEnd('.')}). Restore it from a copy, or name another database and "
                    + "count again.",
            NpgsqlException =>
                $"The ledger {location} does not answer ({Cause(error)}). Check that the server runs and that "
                    + "this machine reaches it; then run the same command again: nothing that was recorded is lost.",
            _ => null,
        };
        return text is null ? null : new UserErrorException(text, error) { ExitCode = 1 };
    }

    private static string? Explain(PostgresException error, string location) =>
        error.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"The ledger {location} refuses this user: {error.MessageText}. Check Username in the connection string and "
                    + "the password, best given by --ledger-password-file.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"The ledger {location} does not exist: {error.MessageText}. Create the database, or name another one.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"The ledger {location} cannot be written: {error.MessageText}. Make the user the owner of the database, or "
                    + "grant it CREATE on the schema.",
            PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn
            or PostgresErrorCodes.DuplicateTable
            or PostgresErrorCodes.DuplicateObject =>
                $"The ledger {location} cannot be used: its tables are of another program, or were altered ({error.MessageText}). "
                    + "Give the ledger a database of its own.",
            PostgresErrorCodes.DiskFull =>
                $"The disk that holds the ledger {location} is full. Free some space: nothing that "
                    + "was recorded is lost.",
            _ when IsTransient(error) => $"The ledger {location} does not work just now: {error.MessageText} "
                + $"({error.SqlState}). Check the server; nothing that was recorded is lost.",
            _ => null,
        };

    private static string Cause(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error.Message.TrimEnd('.');
    }
}
