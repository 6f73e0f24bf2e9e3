using Microsoft.Data.Sqlite;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>The ledger in a SQLite file.</summary>
public sealed class SqliteSweepLedgerTests : LedgerContract
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("deep/ledger.db");

    [Fact]
    public async Task A_second_writer_is_refused_with_the_name_of_the_file()
    {
        await using var second = new SqliteSweepLedger(File, TimeProvider.System);

        var refusal = await Should.ThrowAsync<UserErrorException>(() => second.OpenAsync(default));

        refusal.Message.ShouldContain(File);
        refusal.Message.ShouldContain("in use by another process");
    }

    [Fact]
    public async Task A_reader_beside_the_writer_sees_what_is_recorded_and_cannot_write()
    {
        await Record(DeviceA, Votes(3, 30));
        await using var reader = new SqliteSweepLedger(File, TimeProvider.System, readOnly: true);
        await reader.OpenAsync(default);

        (await reader.ReadVotesAsync(Key, 0, 10, default)).ShouldHaveSingleItem();
        (
            await Should.ThrowAsync<UserErrorException>(() =>
                reader.RecordVotesAsync(Key, DeviceA, [Votes(6, 10)], default)
            )
        ).Message.ShouldContain("reading only");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await Ledger.DisposeAsync();
        Execute("PRAGMA user_version = 999");

        await using var newer = new SqliteSweepLedger(File, TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => newer.OpenAsync(default));

        refusal.Message.ShouldContain("schema version 999");
        refusal.Message.ShouldContain(File);
    }

    [Fact]
    public async Task Progress_that_was_cut_off_is_left_out_of_the_list()
    {
        var (torn, whole) = (TestSweeps.Sweep("torn"), TestSweeps.Sweep("whole"));
        foreach (var sweep in (SweepDefinition[])[torn, whole])
        {
            var progress = new SweepProgress
            {
                Sweep = sweep.Id,
                Name = sweep.Name,
                State = SweepState.Running,
                Cells = [],
                Draws = 7,
            };
            await Ledger.AddSweepAsync(sweep, default);
            await Ledger.SaveStateAsync(sweep.Id, SweepState.Completed, null, 0, progress, null, default);
        }

        Execute("UPDATE sweeps SET progress = substr(progress, 1, 40) WHERE id = 'torn'");

        var records = await Ledger.ListSweepsAsync(default);
        records
            .Select(r => (r.Id, r.State, r.Progress?.Draws))
            .ShouldBe([(torn.Id, SweepState.Completed, null), (whole.Id, SweepState.Completed, 7L)]);
        records[1].Progress!.State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        var other = _folder.File("notes.db");
        await System.IO.File.WriteAllTextAsync(other, new string('x', 5000));

        await using var ledger = new SqliteSweepLedger(other, TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default));

        refusal.Message.ShouldContain(other);
        refusal.Message.ShouldContain("no ledger");
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        var other = _folder.File("photos.db");
        ExecuteIn(other, "CREATE TABLE photos (path TEXT); PRAGMA journal_mode = DELETE");
        var before = await System.IO.File.ReadAllBytesAsync(other);

        foreach (var readOnly in (bool[])[true, false])
        {
            await using var ledger = new SqliteSweepLedger(other, TimeProvider.System, readOnly);
            var refusal = await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default));
            refusal.Message.ShouldContain("another program, with a table 'photos'");
        }

        (await System.IO.File.ReadAllBytesAsync(other)).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_was_only_begun_holds_nothing_to_read_and_becomes_a_ledger()
    {
        var begun = _folder.File("begun.db");
        await System.IO.File.WriteAllBytesAsync(begun, []);
        await using (var reader = new SqliteSweepLedger(begun, TimeProvider.System, readOnly: true))
        {
            await reader.OpenAsync(default);
            reader.IsUnwritten.ShouldBeTrue();
        }

        await using var ledger = new SqliteSweepLedger(begun, TimeProvider.System);
        await ledger.OpenAsync(default);
        (await ledger.ListSweepsAsync(default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE votes SET counts = CAST(x'8001' || substr(counts, 2) AS BLOB)")]
    [InlineData("UPDATE votes SET counts = x'80'")]
    [InlineData("UPDATE votes SET counts = 123")]
    [InlineData("DROP TABLE votes")]
    [InlineData("ALTER TABLE votes RENAME COLUMN draws TO dice")]
    public async Task Damaged_votes_are_no_evidence_and_are_named(string damage)
    {
        await Record(DeviceA, Votes(3, 30));
        Execute(damage);

        foreach (
            var use in (Func<Task>[])
                [
                    () => Ledger.ReadVotesAsync(Key, 0, 10, default),
                    () => Ledger.RecordVotesAsync(Key, DeviceA, [Votes(3, 40)], default),
                ]
        )
        {
            var refusal = await Should.ThrowAsync<UserErrorException>(use);
            refusal.Message.ShouldContain($"The ledger {File} is damaged");
            refusal.IsMistake.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_folder_in_place_of_the_file_is_named()
    {
        Directory.CreateDirectory(_folder.File("folder.db"));
        await using var ledger = new SqliteSweepLedger(_folder.File("folder.db"), TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default));
        refusal.Message.ShouldContain("a folder lies there");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused()
    {
        var file = _folder.File("plain.txt");
        await System.IO.File.WriteAllTextAsync(file, "in the way");

        await using var ledger = new SqliteSweepLedger(Path.Combine(file, "ledger.db"), TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default));

        refusal.Message.ShouldContain("cannot be created or written");
    }

    [Fact]
    public async Task Reading_a_ledger_that_is_not_there_is_refused()
    {
        await using var ledger = new SqliteSweepLedger(_folder.File("none.db"), TimeProvider.System, readOnly: true);

        (await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default))).Message.ShouldContain(
            "There is no ledger"
        );
    }

    [SkippableFact]
    public async Task A_file_that_was_deleted_takes_no_votes_and_is_not_made_again_by_readers()
    {
        SkipWhereOpenFilesStay();
        await Record(DeviceA, Votes(3, 10));

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File)!, "ledger.db*"))
        {
            System.IO.File.Delete(file);
        }

        var write = await Should.ThrowAsync<UserErrorException>(() => Record(DeviceA, Votes(3, 30)));
        var read = await Should.ThrowAsync<UserErrorException>(() => Ledger.ReadVotesAsync(Key, 0, 10, default));
        write.Message.ShouldContain($"{File} was deleted, moved or replaced");
        write.ExitCode.ShouldBe(1);
        read.Message.ShouldContain("cannot be opened");
        System.IO.File.Exists(File).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task A_file_that_was_replaced_takes_no_votes_until_it_is_back()
    {
        SkipWhereOpenFilesStay();
        await Record(DeviceA, Votes(3, 10));
        var away = File + ".away";
        System.IO.File.Move(File, away);
        System.IO.File.Copy(away, File);

        (await Should.ThrowAsync<UserErrorException>(() => Record(DeviceA, Votes(3, 30)))).Message.ShouldContain(
            "replaced"
        );

        System.IO.File.Move(away, File, overwrite: true);
        (await Record(DeviceA, Votes(3, 20))).Conflicts.ShouldBeEmpty();
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 20).Counts);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_its_log_it_takes_no_votes_and_keeps_those_it_has(bool another)
    {
        SkipWhereOpenFilesStay();
        await Record(DeviceA, Votes(3, 10));
        System.IO.File.Delete(File + "-wal");
        if (another)
        {
            await System.IO.File.WriteAllTextAsync(File + "-wal", "");
        }

        var write = await Should.ThrowAsync<UserErrorException>(() => Record(DeviceA, Votes(3, 30)));

        write.Message.ShouldContain(
            $"{File}-wal, a part of the ledger while it is in use, was deleted, moved or replaced"
        );
        write.ExitCode.ShouldBe(1);
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 10).Counts);
        await using var copy = new SqliteSweepLedger(_folder.File("copy.db"), TimeProvider.System);
        System.IO.File.Copy(File, copy.Location);
        await copy.OpenAsync(default);
        (await copy.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 10).Counts, "what had been recorded is in the file alone");
    }

    [Fact]
    public async Task A_log_that_another_program_empties_is_no_loss()
    {
        await Record(DeviceA, Votes(3, 10));
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");

        (await Record(DeviceA, Votes(3, 30))).Conflicts.ShouldBeEmpty();

        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 30).Counts);
    }

    [Fact]
    public void A_full_disk_is_explained()
    {
        var error = SqliteErrors.Explain(new SqliteException("database or disk is full", 13), "/data/ledger.db");

        error.ShouldNotBeNull().Message.ShouldContain("/data/ledger.db is full");
        error.ExitCode.ShouldBe(1);
    }

    private protected override Task<bool> StartAsync() => Task.FromResult(true);

    private protected override async Task<ISweepLedger> OpenAsync()
    {
        var ledger = new SqliteSweepLedger(File, TimeProvider.System);
        await ledger.OpenAsync(default);
        return ledger;
    }

    private protected override Task StopAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private protected override void RequireStore() { }

    private protected override Task MakeFirstVersionAsync()
    {
        Execute("DROP TABLE milestones; DROP TABLE coordinator; PRAGMA user_version = 1");
        return Task.CompletedTask;
    }

    private static void SkipWhereOpenFilesStay() =>
        Skip.If(OperatingSystem.IsWindows(), "Windows keeps open files where they are.");

    private void Execute(string sql) => ExecuteIn(File, sql);

    private static void ExecuteIn(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
