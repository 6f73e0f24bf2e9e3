using Npgsql;

namespace RandomizedSmoothing.Node.Options;

/// <summary>Checks a PostgreSQL connection string and fills in the password from its file. No problem repeats a secret.</summary>
internal static class LedgerConnection
{
    public static LedgerLocation? Parse(string connection, RawSettings raw, List<string> problems)
    {
        var origin = raw.Find(NodeSettings.Ledger)!.Origin;
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            problems.Add(
                $"{origin}: the part after postgres: is not a connection string. It reads Host=NAME;Database=NAME;Username=NAME, with further keys of Npgsql as needed."
            );
            return null;
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
        {
            problems.Add($"{origin}: the connection string names no Host.");
        }

        if (raw.Find(NodeSettings.LedgerPasswordFile) is { } file)
        {
            if (!string.IsNullOrEmpty(builder.Password))
            {
                problems.Add(
                    $"{origin} holds a password and {file.Origin} names a file with one: give only one of them."
                );
            }

            builder.Password = ReadPassword(file, problems);
        }
        else if (!string.IsNullOrEmpty(builder.Password) && origin == NodeSettings.Ledger.Flag)
        {
            raw.Warnings.Add(
                $"{origin} holds a password, which every user of this machine can read in the list of processes: give it by {NodeSettings.LedgerPasswordFile.Flag}."
            );
        }

        return new LedgerLocation(LedgerKind.Postgres, builder.ConnectionString);
    }

    private static string? ReadPassword(RawSetting file, List<string> problems)
    {
        try
        {
            var password = File.ReadLines(file.Text).FirstOrDefault()?.Trim();
            if (string.IsNullOrEmpty(password))
            {
                problems.Add($"{file.Origin}: the first line of {file.Text} is empty; it must be the password.");
            }

            return password;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file.Origin}: the password file {file.Text} cannot be read: {e.Message}");
            return null;
        }
    }
}
