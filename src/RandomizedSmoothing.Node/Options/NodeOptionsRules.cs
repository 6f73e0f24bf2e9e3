namespace RandomizedSmoothing.Node.Options;

/// <summary>Rules between settings; each problem names all values that take part.</summary>
internal static class NodeOptionsRules
{
    public static IEnumerable<string> Problems(NodeOptions options, RawSettings raw)
    {
        if (NodeOptionsReader.IsWildcard(options.PublicHost))
        {
            yield return $"{Origin(raw, NodeSettings.PublicHost)} is '{options.PublicHost}': other nodes cannot reach a node by it; give a name or an address of this machine.";
        }

        if (options.Port == options.Http.Port && options.Port != 0)
        {
            yield return $"{Origin(raw, NodeSettings.Port)} and {Origin(raw, NodeSettings.Http)} both name port {options.Port}: they need one each.";
        }

        if (options.Roles == NodeRoles.Worker && options.Seeds.Count == 0)
        {
            yield return "A node with the role worker alone needs a control node to join: give --seed HOST:PORT (RSMOOTH_SEED) or add the role control.";
        }

        if (options.Ledger is { Kind: LedgerKind.Sqlite } && options.Seeds.Distinct().Count() > 1)
        {
            yield return $"The ledger is {options.Ledger}, a file of one machine, but {Origin(raw, NodeSettings.Seed)} names {options.Seeds.Count} control nodes: they would not see each other's votes. Use --ledger postgres:CONNECTION.";
        }

        // A node that is not its own first seed can only join another, whose cluster then records in two files.
        if (
            options.Ledger is { Kind: LedgerKind.Sqlite }
            && options.Seeds.Distinct().ToList() is [var seed]
            && seed != new HostAndPort(options.PublicHost, options.Port)
        )
        {
            yield return $"{Origin(raw, NodeSettings.Seed)} names {seed}, another control node, and this one has the role control, too, with the ledger {options.Ledger}, a file of its own: each would record votes that the other does not see. Give --roles worker to lend devices only, or --ledger postgres:CONNECTION on both.";
        }

        if (options.Ledger is { Kind: LedgerKind.Sqlite } && raw.Find(NodeSettings.LedgerPasswordFile) is { } password)
        {
            yield return $"{password.Origin} is '{password.Text}', but the ledger is {options.Ledger}, which has no password: set --ledger postgres:CONNECTION.";
        }

        if (options.Lease < 2 * options.StableAfter)
        {
            yield return $"{Origin(raw, NodeSettings.Lease)} is {Durations.Format(options.Lease)} and {Origin(raw, NodeSettings.StableAfter)} is {Durations.Format(options.StableAfter)}: a lease must last at least twice as long, or every fail-over of a control node costs the running shards.";
        }

        if (
            options.IsControl
            && !options.Access.HasKeys
            && !options.Access.AllowAnyone
            && !NodeOptionsReader.IsLoopback(options.Http.Host)
        )
        {
            yield return $"{Origin(raw, NodeSettings.Http)} is '{options.Http}', which other machines can reach, and no key is configured: whoever reaches it could change sweeps. Make keys with 'rsmooth node keys new' and name their file with --keys-file, or listen on 127.0.0.1; --allow-anyone-to-operate true leaves the door open.";
        }

        if (options.Access.AnonymousRead && !options.Access.HasKeys)
        {
            yield return $"{Origin(raw, NodeSettings.AnonymousRead)} is true, but without keys everybody may do everything: give --keys-file.";
        }

        foreach (var root in options.Submitted.Roots.Where(root => !Directory.Exists(root) && root != options.Data))
        {
            if (raw.Find(NodeSettings.SubmittedFiles) is { } given)
            {
                yield return $"{given.Origin} names '{root}': there is no such directory.";
            }
        }

        foreach (var problem in DirectoryProblems(options, raw))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> DirectoryProblems(NodeOptions options, RawSettings raw)
    {
        if (options.Data is { } data && !Directory.Exists(data))
        {
            yield return $"{Origin(raw, NodeSettings.Data)} is '{data}': there is no such directory.";
        }

        if (options.Artifacts is { } artifacts && !Directory.Exists(artifacts))
        {
            yield return $"{Origin(raw, NodeSettings.Artifacts)} is '{artifacts}': there is no such directory; mount the shared volume first.";
        }

        if (WhyNotWritable(options.Cache) is { } reason)
        {
            yield return $"{Origin(raw, NodeSettings.Cache)} is '{options.Cache}': nothing can be written there ({reason}).";
        }
    }

    private static string? WhyNotWritable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".write-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static string Origin(RawSettings raw, NodeSetting setting) => raw.Find(setting)?.Origin ?? setting.Flag;
}
