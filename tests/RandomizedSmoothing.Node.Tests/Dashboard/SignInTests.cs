using Microsoft.Playwright;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Node.Tests.Access;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>Signing in with a key, in a real browser: what a viewer and an operator see and may do.</summary>
public sealed class SignInTests(GuardedNode node) : IClassFixture<GuardedNode>, IAsyncLifetime
{
    private const string File = """
        name: guarded
        datasets: [{ name: digits, max: 3 }]
        models: [{ name: conv, architecture: small-conv, train: { epochs: 1, maxImages: 50 } }]
        sigmas: [0.25]
        certify: { n0: 10, n: 20 }
        """;

    private readonly Chromium _chromium = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _chromium.DisposeAsync();

    [SkippableFact]
    public async Task A_viewer_looks_and_an_operator_holds_the_sweep()
    {
        var page = await _chromium.PageAsync(node.Address);
        using (var http = node.Http(node.Operator))
        {
            (await http.PostAsync("/api/v1/sweeps", new StringContent(File))).EnsureSuccessStatusCode();
        }

        await page.GotoAsync("/sweeps/guarded");
        await Chromium.AtAsync(page, "/sign-in?to=*");
        (await Accessibility.FaultsAsync(page)).ShouldBeEmpty();
        await Chromium.PictureAsync(page, "sign-in");
        await EnterAsync(page, "rs_vera_wrong");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("no key of this cluster");
        await Chromium.PictureAsync(page, "sign-in-refused");

        await EnterAsync(page, node.Viewer);
        await Chromium.AtAsync(page, "/sweeps/guarded");
        await Assertions.Expect(page.Locator(".rs-state")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("vera")).ToBeVisibleAsync();
        foreach (var action in new[] { "Pause", "Cancel" })
        {
            await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = action })).ToHaveCountAsync(0);
        }

        await Chromium.PictureAsync(page, "sweep-as-viewer");
        await page.GetByRole(AriaRole.Link, new() { Name = "New", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("takes a key with the role operator")).ToBeVisibleAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" }))
            .ToBeDisabledAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Chromium.AtAsync(page, "/sign-in");
        await page.GotoAsync("/sweeps/guarded");
        await EnterAsync(page, node.Operator);
        await Chromium.AtAsync(page, "/sweeps/guarded");
        await page.WaitForSelectorAsync(".rs:not(.unknown)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Paused", new() { Timeout = 60_000 });
        await Chromium.PictureAsync(page, "sweep-as-operator");
        await page.GetByRole(AriaRole.Link, new() { Name = "New", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start the sweep" })).ToBeEnabledAsync();
    }

    [SkippableFact]
    public async Task A_page_whose_key_is_struck_out_leads_to_the_sign_in_page()
    {
        var page = await _chromium.PageAsync(node.Address);
        await page.GotoAsync("/workers");
        await EnterAsync(page, node.Guest);
        await Chromium.AtAsync(page, "/workers");
        await page.WaitForSelectorAsync(".rs:not(.unknown)");

        node.StrikeOutGuest();

        await Chromium.AtAsync(page, "/sign-in?to=*");
    }

    private static async Task EnterAsync(IPage page, string key)
    {
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
