using System.Text.Json.Nodes;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Cli.Tests.Results;

public sealed class ResultsCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rsmooth-cli-results-").FullName;

    private string Results => Path.Combine(_folder, "results");

    public async Task InitializeAsync() => await ResultsFolder.WriteAsync(Results, TwoImages());

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_table_of_a_folder_prints_in_every_form()
    {
        foreach (var form in new[] { "table", "json", "csv", "md", "latex" })
        {
            var run = await RsmoothRunner.RunInAsync(_folder, "results", "results", "--radii", "0,0.5", "-o", form);
            run.ExitCode.ShouldBe(ExitCodes.Done);
            run.Output.ShouldContain("0.5");
        }

        var json = JsonNode.Parse(
            (await RsmoothRunner.RunInAsync(_folder, "results", "results", "--radii", "0,0.5", "-o", "json")).Output
        )!;
        ((double)json["rows"]![0]!["accuracies"]![0]!["certifiedAccuracy"]!).ShouldBe(0.5);
        ((double)json["rows"]![0]!["abstained"]!).ShouldBe(0.5);
    }

    [Fact]
    public async Task One_image_is_explained_line_by_line()
    {
        var run = await RsmoothRunner.RunInAsync(_folder, "results", "results", "--explain", "0");
        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Output.ShouldContain("lower bound");
        run.Output.ShouldContain("R = σ Φ⁻¹(p)");
        var json = await RsmoothRunner.RunInAsync(_folder, "results", "results", "--explain", "3", "-o", "json");
        ((int)JsonNode.Parse(json.Output)![0]!["image"]!).ShouldBe(3);
        var missing = await RsmoothRunner.RunInAsync(_folder, "results", "results", "--explain", "1");
        missing.ExitCode.ShouldBe(ExitCodes.BadInput);
        missing.Error.ShouldContain("Image 1 is not among the results");
    }

    [Fact]
    public async Task A_word_that_begins_with_an_at_sign_is_no_file_of_words()
    {
        var run = await RsmoothRunner.RunInAsync(_folder, "results", "results", "--cell", "@0.25");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldBe("error: No cell's id contains '@0.25'. The cells are: toy/net/gaussian/0.5.\n");
    }

    [Fact]
    public async Task Stored_votes_are_certified_again_beside_the_originals()
    {
        var before = await File.ReadAllTextAsync(Path.Combine(Results, "manifest.json"));
        var run = await RsmoothRunner.RunInAsync(_folder, "recertify", "results", "--set", "certify.alpha=0.01");
        run.ExitCode.ShouldBe(ExitCodes.Done);
        ResultsReader.ReadManifest(Results + "-recertified").Certify.Alpha.ShouldBe(0.01);
        (await File.ReadAllTextAsync(Path.Combine(Results, "manifest.json"))).ShouldBe(before);
        (await File.ReadAllTextAsync(Path.Combine(Results + "-recertified", "votes.csv"))).ShouldBe(
            await File.ReadAllTextAsync(Path.Combine(Results, "votes.csv"))
        );
    }

    [Theory]
    [InlineData("results", "nowhere")]
    [InlineData("results", "results", "--cell", "imagenet")]
    [InlineData("recertify", "nowhere", "--set", "certify.alpha=0.01")]
    [InlineData("recertify", "results")]
    [InlineData("recertify", "results", "--set", "certify.n=7")]
    [InlineData("recertify", "results", "--set", "certify.alpha=7")]
    public async Task A_mistake_is_named_in_one_paragraph(params string[] arguments)
    {
        var run = await RsmoothRunner.RunInAsync(_folder, arguments);
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldStartWith("error: ");
        Directory.Exists(Results + "-recertified").ShouldBeFalse();
    }

    private static SweepResults TwoImages()
    {
        var hash = new ContentHash(new string('a', 64));
        var dataset = new DatasetReference
        {
            Name = "toy",
            Hash = hash,
            Spec = new DatasetSpec { Name = "toy" },
            Shape = new ImageShape(1, 2, 2),
            ClassNames = ["left", "right"],
            Step = 3,
            Labels = [0, 1],
        };
        var cell = new CellDefinition
        {
            Id = new CellId("toy/net/gaussian/0.5"),
            VoteKey = hash,
            Dataset = hash,
            Model = hash,
            Noise = "gaussian",
            Sigma = 0.5,
        };
        var images = new List<ImageVotes>
        {
            new(0, 0, new VoteCounts(99, 1), new VoteCounts(990, 10), 0.1),
            new(3, 1, new VoteCounts(49, 51), new VoteCounts(490, 510), 0.1),
        };
        return new SweepResults
        {
            Sweep = new SweepDefinition
            {
                Id = new SweepId("toy"),
                Name = "toy",
                Seed = 1,
                Plan = new CertificationPlan { N = 1000 },
                Execution = new ExecutionPlan(),
                Datasets = [dataset],
                Models =
                [
                    new ModelReference
                    {
                        Key = hash,
                        Name = "net",
                        Spec = new ModelSpec { Name = "net", File = "/net.pt" },
                        FileHash = hash,
                    },
                ],
                Cells = [cell],
            },
            Votes = [new CellVotes(cell, dataset, images)],
            Environment = new RunEnvironment
            {
                ProductVersion = "1",
                StartedAt = DateTimeOffset.UnixEpoch,
                FinishedAt = DateTimeOffset.UnixEpoch,
            },
        };
    }
}
