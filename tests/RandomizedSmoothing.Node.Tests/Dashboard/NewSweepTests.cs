using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RandomizedSmoothing.Node.Tests.Api;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>Writing, estimating and starting a sweep in a real browser, on a whole node with real devices.</summary>
public sealed partial class NewSweepTests(RunningNode node) : IClassFixture<RunningNode>, IAsyncLifetime
{
    private const string File = """
        name: from-the-page
        datasets: [{ name: digits, max: 12 }]
        models: [{ name: conv, architecture: small-conv, train: { epochs: 6, maxImages: 1000 } }]
        sigmas: [0.25]
        certify: { n0: 20, n: 200 }
        """;

    private readonly Chromium _chromium = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _chromium.DisposeAsync();

    [SkippableFact]
    public async Task Every_mistake_is_shown_beside_the_file_with_its_line()
    {
        var page = await _chromium.OpenAsync(node.Address, "/new");
        await Assertions.Expect(page.GetByText("2 cells")).ToBeVisibleAsync();

        await TypeAsync(page, File.Replace("n: 200 }", "n: many }").Replace("sigmas: [0.25]", "sigmas: [-1]"));

        var problems = page.Locator(".rs-problems li");
        await Assertions.Expect(problems).ToHaveCountAsync(2);
        await Assertions.Expect(problems.First).ToContainTextAsync("line 4");
        await Assertions.Expect(problems.Last).ToContainTextAsync("line 5");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" }))
            .ToBeDisabledAsync();
        await Chromium.PictureAsync(page, "new-sweep-mistakes");
    }

    [SkippableFact]
    public async Task A_sweep_is_estimated_started_and_followed_to_its_curve()
    {
        var page = await _chromium.OpenAsync(node.Address, "/new");
        await TypeAsync(page, File);
        await page.GetByRole(AriaRole.Button, new() { Name = "Estimate" }).ClickAsync();
        await Assertions.Expect(page.GetByText("all to draw: new cell")).ToBeVisibleAsync(Patient());
        await Chromium.PictureAsync(page, "new-sweep-estimate");

        await page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" }).ClickAsync();

        await Chromium.AtAsync(page, "/sweeps/from-the-page");
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Completed", new() { Timeout = 120_000 });
        await Assertions.Expect(page.Locator("svg.plot path.curve")).ToBeVisibleAsync(Patient());
        await Assertions.Expect(page.Locator("tbody th").First).ToHaveTextAsync("digits/conv@0.25/gaussian/0.25");
        await Chromium.PictureAsync(page, "new-sweep-finished");

        await page.GetByRole(AriaRole.Link, new() { Name = "digits/conv@0.25/gaussian/0.25" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(12, new() { Timeout = 60_000 });
        await Chromium.PictureAsync(page, "images");
        await page.GetByRole(AriaRole.Link, new() { Name = "5", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-pictures img")).ToHaveCountAsync(8, new() { Timeout = 60_000 });
        (await page.Locator(".rs-pictures img").First.EvaluateAsync<int>("image => image.naturalWidth")).ShouldBe(8);
        await Assertions.Expect(page.GetByText("Votes of 200 estimation draws")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { NameRegex = Bound() })).ToBeVisibleAsync();
        await Chromium.PictureAsync(page, "image");
    }

    // Another network than in the other tests, so that none finds votes of its cell.
    [SkippableFact]
    public async Task What_the_preflight_finds_is_shown_before_the_sweep_starts()
    {
        var page = await _chromium.OpenAsync(node.Address, "/new");
        await TypeAsync(
            page,
            File.Replace("from-the-page", "too-far").Replace("epochs: 6", "epochs: 1") + "\nreport: { radii: [5] }"
        );

        await page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" }).ClickAsync();

        await Assertions
            .Expect(page.Locator(".rs-problems li.warn"))
            .ToContainTextAsync("The radius 5 is asked for", new() { Timeout = 60_000 });
        (await Accessibility.FaultsAsync(page)).ShouldBeEmpty();
        await Chromium.PictureAsync(page, "new-sweep-preflight");
        (await node.Http.GetAsync("/api/v1/sweeps/too-far")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start all the same" }).ClickAsync();
        await Chromium.AtAsync(page, "/sweeps/too-far");
    }

    [SkippableFact]
    public async Task Data_that_is_not_there_is_said_on_the_page()
    {
        var page = await _chromium.OpenAsync(node.Address, "/new");
        await TypeAsync(page, File.Replace("name: digits,", "name: holidays, path: /nowhere/at/all, format: idx,"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("/nowhere/at/all");
    }

    [GeneratedRegex("^p = L\\(k, n, α\\)")]
    private static partial Regex Bound();

    private static async Task TypeAsync(IPage page, string text)
    {
        await page.GetByLabel("Sweep file").FillAsync(text);
        await Assertions.Expect(page.GetByLabel("Sweep file")).ToHaveValueAsync(text);
    }

    private static LocatorAssertionsToBeVisibleOptions Patient() => new() { Timeout = 60_000 };
}
