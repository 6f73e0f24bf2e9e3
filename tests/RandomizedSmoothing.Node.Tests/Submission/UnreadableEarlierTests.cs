using Microsoft.Data.Sqlite;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Node.Operations.Commands;
using RandomizedSmoothing.Node.Submission;
using RandomizedSmoothing.Node.Tests.Api;

namespace RandomizedSmoothing.Node.Tests.Submission;

/// <summary>An earlier sweep of the same name whose stored definition is damaged: the next of the name does without it.</summary>
public sealed class UnreadableEarlierTests(RunningNode node) : IClassFixture<RunningNode>, IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_node_takes_the_sweep_in_under_another_id()
    {
        var yaml = RunningNode.Small("damaged", draws: 20) + "\nexecution: { batchSize: tuned }";
        var first = await node.SubmitAsync(yaml);
        await node.FollowAsync(first.Id);
        Damage(node.Ledger, first.Id);

        var again = await node.SubmitAsync(yaml);

        (again.New, again.Id == first.Id).ShouldBe((true, false));
        (await node.FollowAsync(again.Id)).State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task A_folder_goes_on_under_another_id_and_the_check_of_the_ledger_tells()
    {
        var path = Path.Combine(_scratch.Path, "ledger.db");
        await using var ledger = new SqliteSweepLedger(path, TimeProvider.System);
        await ledger.OpenAsync(default);
        var sweep = Resolve();
        await ledger.AddSweepAsync(sweep, default);
        Damage(path, sweep.Id.Value);

        var history = await LedgerHistory.ReadAsync(ledger, sweep, _scratch.Path, default);

        history.Previous.ShouldBeNull();
        history.Definition.Id.ShouldNotBe(sweep.Id);
        (await LedgerCheck.OfAsync(ledger, history.Sweeps[0], default))
            .ShouldHaveSingleItem()
            .Text.ShouldBe("its definition is missing or cannot be understood");
    }

    private static void Damage(string ledger, string sweep)
    {
        using var connection = new SqliteConnection($"Data Source={ledger};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE sweeps SET definition = '{\"id\":' WHERE id = @id";
        command.Parameters.AddWithValue("@id", sweep);
        command.ExecuteNonQuery().ShouldBe(1);
    }

    private SweepDefinition Resolve()
    {
        var text = RunningNode.Small("damaged", draws: 20);
        var cache = new CacheFolders(_scratch.Path);
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = cache, Download = false });
        return new SweepResolver(catalogue, new ArtifactCache(cache.Artifacts)).Resolve(
            SweepFile.Parse(text, null, []).Require(),
            SweepIds.For("damaged"),
            text
        );
    }
}
