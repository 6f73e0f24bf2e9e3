using System.Data.Common;
using Dapper;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The statements of tables <c>vote_keys</c>, <c>votes</c>, <c>devices</c> and <c>device_uses</c>.</summary>
internal sealed class VoteTable(ILedgerDialect dialect)
{
    private const string VoteColumns = "image, stream, draws, counts, seconds, device_id AS device";

    public async Task<RecordedVotes> RecordAsync(
        LedgerSession session,
        ContentHash voteKey,
        DeviceStamp device,
        IReadOnlyList<VoteSnapshot> snapshots
    )
    {
        var keyId = await KeyIdAsync(session, voteKey);
        await dialect.LockVotesAsync(session, keyId);
        var deviceId = await DeviceIdAsync(session, device);
        var images = snapshots.Select(s => s.ImageIndex).ToHashSet();
        var chains = new Dictionary<(int Image, DrawStream Stream), PrefixChain>();
        var devices = new Dictionary<(int Image, DrawStream Stream, long Draws), long>();
        var seconds = new Dictionary<(int Image, DrawStream Stream, long Draws), double>();
        foreach (var row in await RowsAsync(session, keyId, images))
        {
            var stream = (DrawStream)row.Stream;
            Chain(chains, row.Image, stream).Load(Counts(row));
            devices[(row.Image, stream, row.Draws)] = row.Device;
            seconds[(row.Image, stream, row.Draws)] = row.Seconds;
        }

        var added = new List<VoteRow>();
        var conflicts = new List<VoteConflict>();
        HashSet<(DrawStream, long)>? milestones = null;
        foreach (var snapshot in snapshots)
        {
            var key = (snapshot.ImageIndex, snapshot.Stream, snapshot.Counts.Total);
            var chain = Chain(chains, snapshot.ImageIndex, snapshot.Stream);
            switch (chain.Offer(snapshot.Counts, out var contradicted))
            {
                case PrefixVerdict.Longer when snapshot.Counts.Total > 0:
                    added.Add(Row(snapshot));
                    seconds[key] = snapshot.Seconds;
                    break;
                case PrefixVerdict.Known when !seconds.ContainsKey(key):
                    milestones ??= await MilestoneTable.OfKeyAsync(session, keyId);
                    if (milestones.Contains((snapshot.Stream, snapshot.Counts.Total)))
                    {
                        chain.Load(snapshot.Counts);
                        added.Add(Row(snapshot));
                        seconds[key] = snapshot.Seconds;
                    }

                    break;
                case PrefixVerdict.Conflict:
                    var by = devices.GetValueOrDefault((key.ImageIndex, key.Stream, contradicted!.Total), deviceId);
                    conflicts.Add(
                        new VoteConflict(
                            key.ImageIndex,
                            key.Stream,
                            contradicted,
                            snapshot.Counts,
                            await DeviceNameAsync(session, by)
                        )
                    );
                    break;
            }
        }

        if (added.Count > 0)
        {
            await dialect.InsertVotesAsync(session, keyId, deviceId, added);
            await session.Connection.ExecuteAsync(
                "INSERT INTO device_uses (key_id, device_id) VALUES (@keyId, @deviceId) ON CONFLICT DO NOTHING",
                new { keyId, deviceId },
                session.Transaction
            );
        }

        return new RecordedVotes([.. images.Order().Select(image => State(chains, seconds, image))], conflicts);
    }

    public async Task<int> PruneAsync(LedgerSession session, ContentHash voteKey, IReadOnlyList<int> images)
    {
        await dialect.LockMilestonesAsync(session, exclusively: false);
        return await session.Connection.ExecuteAsync(
            $"""
            DELETE FROM votes WHERE key_id = (SELECT id FROM vote_keys WHERE key = @key)
            AND {dialect.ImageAmongImages} AND draws < (
                SELECT MAX(longer.draws) FROM votes AS longer
                WHERE longer.key_id = votes.key_id AND longer.image = votes.image AND longer.stream = votes.stream)
            AND NOT {MilestoneTable.HasVotesAt}
            """,
            new { key = voteKey.Hex, images = dialect.ImagesParameter([.. images]) },
            session.Transaction
        );
    }

    public static async Task<IReadOnlyList<StoredVotes>> ReadAsync(
        DbConnection connection,
        ContentHash voteKey,
        int fromImage,
        int limit
    )
    {
        // The rows of one image are adjacent, so a bounded number of images is read without a second query.
        var rows = await connection.QueryAsync<VoteRow>(
            $"""
            SELECT {VoteColumns} FROM votes WHERE key_id = (SELECT id FROM vote_keys WHERE key = @key)
            AND image >= @fromImage AND image <= COALESCE((
                SELECT image FROM votes WHERE key_id = (SELECT id FROM vote_keys WHERE key = @key) AND image >= @fromImage
                GROUP BY image ORDER BY image LIMIT 1 OFFSET @last), 2147483647)
            ORDER BY image, stream, draws
            """,
            new
            {
                key = voteKey.Hex,
                fromImage,
                last = limit - 1,
            }
        );
        return
        [
            .. rows.GroupBy(row => row.Image).Select(image => new StoredVotes(image.Key, [.. image.Select(Snapshot)])),
        ];
    }

    public async Task<IReadOnlyList<DeviceStamp>> DevicesAsync(
        DbConnection connection,
        IReadOnlyList<ContentHash> voteKeys
    )
    {
        var rows = await connection.QueryAsync<DeviceRow>(
            $"""
            SELECT DISTINCT devices.node, devices.name, devices.kind, devices.description, devices.software
            FROM device_uses JOIN devices ON devices.id = device_uses.device_id
            JOIN vote_keys ON vote_keys.id = device_uses.key_id
            WHERE {dialect.KeyAmongKeys} ORDER BY devices.node, devices.name, devices.software
            """,
            new { keys = dialect.KeysParameter([.. voteKeys.Select(k => k.Hex)]) }
        );
        return [.. rows.Select(r => new DeviceStamp(r.Node, r.Name, r.Kind, r.Description, r.Software))];
    }

    private async Task<IEnumerable<VoteRow>> RowsAsync(LedgerSession session, long keyId, HashSet<int> images) =>
        await session.Connection.QueryAsync<VoteRow>(
            $"SELECT {VoteColumns} FROM votes WHERE key_id = @keyId AND {dialect.ImageAmongImages} ORDER BY image, stream, draws",
            new { keyId, images = dialect.ImagesParameter(images) },
            session.Transaction
        );

    private static Task<long> KeyIdAsync(LedgerSession session, ContentHash voteKey) =>
        FindOrAddAsync(
            session,
            "SELECT id FROM vote_keys WHERE key = @key",
            "INSERT INTO vote_keys (key) VALUES (@key) ON CONFLICT DO NOTHING",
            new { key = voteKey.Hex }
        );

    private static Task<long> DeviceIdAsync(LedgerSession session, DeviceStamp device) =>
        FindOrAddAsync(
            session,
            """
            SELECT id FROM devices WHERE node = @Node AND name = @Name AND kind = @Kind
            AND description = @Description AND software = @Software
            """,
            """
            INSERT INTO devices (node, name, kind, description, software)
            VALUES (@Node, @Name, @Kind, @Description, @Software) ON CONFLICT DO NOTHING
            """,
            device
        );

    // Looked for first: an insert uses up a number of the sequence also where the row is there already.
    private static async Task<long> FindOrAddAsync(LedgerSession session, string find, string add, object row)
    {
        if (await session.Connection.ExecuteScalarAsync<long?>(find, row, session.Transaction) is { } known)
        {
            return known;
        }

        await session.Connection.ExecuteAsync(add, row, session.Transaction);
        return await session.Connection.ExecuteScalarAsync<long>(find, row, session.Transaction);
    }

    private static async Task<string> DeviceNameAsync(LedgerSession session, long deviceId)
    {
        var row = await session.Connection.QuerySingleAsync<DeviceRow>(
            "SELECT node, name FROM devices WHERE id = @deviceId",
            new { deviceId },
            session.Transaction
        );
        return $"{row.Node}/{row.Name}";
    }

    private static PrefixChain Chain(Dictionary<(int, DrawStream), PrefixChain> chains, int image, DrawStream stream)
    {
        if (!chains.TryGetValue((image, stream), out var chain))
        {
            chain = new PrefixChain();
            chains.Add((image, stream), chain);
        }

        return chain;
    }

    private static StoredVotes State(
        Dictionary<(int, DrawStream), PrefixChain> chains,
        Dictionary<(int, DrawStream, long), double> seconds,
        int image
    ) =>
        new(
            image,
            [
                .. from stream in Enum.GetValues<DrawStream>()
                from counts in chains.GetValueOrDefault((image, stream))?.Prefixes ?? []
                select new VoteSnapshot(
                    image,
                    stream,
                    counts,
                    seconds.GetValueOrDefault((image, stream, counts.Total))
                ),
            ]
        );

    private static VoteSnapshot Snapshot(VoteRow row) =>
        new(row.Image, (DrawStream)row.Stream, Counts(row), row.Seconds);

    // Counts that a disk has altered would be evidence of draws that nobody made.
    private static VoteCounts Counts(VoteRow row)
    {
        var counts = VoteBlob.Read(row.Counts);
        return counts.Total == row.Draws
            ? counts
            : throw new InvalidDataException(
                $"the votes of image {row.Image} are {counts.Total}, of {row.Draws} draws"
            );
    }

    private static VoteRow Row(VoteSnapshot snapshot) =>
        new()
        {
            Image = snapshot.ImageIndex,
            Stream = (int)snapshot.Stream,
            Draws = snapshot.Counts.Total,
            Counts = VoteBlob.Write(snapshot.Counts),
            Seconds = snapshot.Seconds,
        };

    private sealed class DeviceRow
    {
        public string Node { get; set; } = "";

        public string Name { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Description { get; set; } = "";

        public string Software { get; set; } = "";
    }
}
