using Dapper;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// The statements of table <c>milestones</c>: under every vote key the numbers of draws that some sweep has as its fixed n or n0.
/// A prefix of such a length is kept when others draw on.
/// </summary>
internal sealed class MilestoneTable(ILedgerDialect dialect)
{
    /// <summary>A condition that is true where a row of <c>votes</c> is at a milestone.</summary>
    public const string HasVotesAt = """
        EXISTS (SELECT 1 FROM milestones WHERE milestones.key_id = votes.key_id
        AND milestones.stream = votes.stream AND milestones.draws = votes.draws)
        """;

    /// <summary>Adds those of a sweep, before its first draw.</summary>
    public async Task AddAsync(LedgerSession session, SweepDefinition definition)
    {
        await dialect.LockMilestonesAsync(session, exclusively: true);
        var plans = definition
            .Cells.Select(cell => (cell.VoteKey, Draws: FixedDraws.Of(definition, cell)))
            .Where(cell => cell.Draws is not null)
            .GroupBy(cell => cell.Draws!, cell => cell.VoteKey.Hex);
        foreach (var plan in plans)
        {
            var keys = dialect.KeysParameter([.. plan.Distinct().Order(StringComparer.Ordinal)]);
            await session.Connection.ExecuteAsync(
                $"""
                INSERT INTO vote_keys (key) SELECT new.key FROM ({dialect.RowsOfKeys}) AS new
                WHERE NOT EXISTS (SELECT 1 FROM vote_keys WHERE vote_keys.key = new.key) ON CONFLICT DO NOTHING
                """,
                new { keys },
                session.Transaction
            );
            foreach (var stream in Enum.GetValues<DrawStream>())
            {
                await session.Connection.ExecuteAsync(
                    $"""
                    INSERT INTO milestones (key_id, stream, draws) SELECT id, @stream, @draws FROM vote_keys
                    WHERE {dialect.KeyAmongKeys} ON CONFLICT DO NOTHING
                    """,
                    new
                    {
                        keys,
                        stream = (int)stream,
                        draws = plan.Key[stream],
                    },
                    session.Transaction
                );
            }
        }
    }

    /// <summary>Adds those of all sweeps that an earlier version stored; of what cannot be understood nothing is known.</summary>
    public async Task AddAllAsync(LedgerSession session)
    {
        var ids = await session.Connection.QueryAsync<string>(
            "SELECT id FROM sweeps ORDER BY id",
            transaction: session.Transaction
        );
        foreach (var id in ids.Where(SweepId.IsValid))
        {
            try
            {
                if (
                    await SweepTable.DefinitionAsync(session.Connection, new SweepId(id), session.Transaction) is
                    { } definition
                )
                {
                    await AddAsync(session, definition);
                }
            }
            catch (Exception error) when (ReadableDefinitions.IsOfContent(error))
            {
                // Such a sweep is not run or read either.
            }
        }
    }

    /// <summary>Those of one vote key.</summary>
    public static async Task<HashSet<(DrawStream Stream, long Draws)>> OfKeyAsync(LedgerSession session, long keyId)
    {
        var rows = await session.Connection.QueryAsync<(long Stream, long Draws)>(
            "SELECT CAST(stream AS BIGINT), draws FROM milestones WHERE key_id = @keyId",
            new { keyId },
            session.Transaction
        );
        return [.. rows.Select(row => ((DrawStream)row.Stream, row.Draws))];
    }
}
