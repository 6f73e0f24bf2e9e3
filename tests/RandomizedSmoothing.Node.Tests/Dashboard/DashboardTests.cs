using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>What people see and do in a real browser.</summary>
public sealed class DashboardTests(DashboardNode node) : IClassFixture<DashboardNode>
{
    [SkippableFact]
    public async Task A_sweep_is_followed_from_the_list_to_its_last_image_and_held_on_the_way()
    {
        var sweep = await node.SubmitAsync("held-curves");
        var page = await node.OpenAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "held-curves" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("held-curves");
        await Assertions.Expect(page.GetByText("The curves begin with the first finished image.")).ToBeVisibleAsync();

        node.LetCount(1);
        var mark = page.Locator("h2 .provisional");
        await Assertions.Expect(mark).ToHaveTextAsync("provisional: 20 of 180 images", Text());
        var curve = page.Locator("svg.plot path.curve").First;
        var young = await curve.GetAttributeAsync("d");

        node.LetCount(2);
        await Assertions.Expect(mark).ToHaveTextAsync("provisional: 60 of 180 images", Text());
        (await curve.GetAttributeAsync("d")).ShouldNotBe(young, "the curve has grown before the reader's eyes");
        await Chromium.PictureAsync(page, "sweep-provisional");
        var loss = await node.OpenAsync($"/sweeps/{sweep}/loss");
        await Assertions
            .Expect(loss.GetByText("Provisional: images of some cells are not finished"))
            .ToBeVisibleAsync();
        await Assertions.Expect(loss.GetByText("Missing: decomposition.")).ToBeVisibleAsync();
        await Assertions.Expect(loss.GetByText("It is computed when every image is finished.")).ToBeVisibleAsync();
        await Chromium.PictureAsync(loss, "loss-provisional");
        await loss.CloseAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Paused", Patient());
        (await node.Sweeps.GetProgressAsync(sweep, DashboardNode.Limit))!.State.ShouldBe(SweepState.Paused);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Running", Patient());
        (await node.Sweeps.GetProgressAsync(sweep, DashboardNode.Limit))!.State.ShouldBe(SweepState.Running);

        node.LetCount(100);
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Completed", Patient());
        await Assertions.Expect(page.Locator("h2 .provisional")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("svg.plot path.curve")).ToHaveCountAsync(3);
        await Chromium.PictureAsync(page, "sweep-completed");
        (await node.Sweeps.GetProgressAsync(sweep, DashboardNode.Limit))!.State.ShouldBe(SweepState.Completed);
    }

    [SkippableFact]
    public async Task A_thousand_sweeps_are_shown_a_page_at_a_time_and_found_by_name()
    {
        await node.RememberAsync(1000, "many");

        var page = await node.OpenAsync("/");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(25, new() { Timeout = 60_000 });
        await Chromium.PictureAsync(page, "sweeps");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^With gaps") }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody .rs-state.warn")).ToHaveCountAsync(25, new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^All") }).ClickAsync();

        await page.GetByLabel("Find by name or id").FillAsync("many-817");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Ended early") }).ClickAsync();
        await Assertions.Expect(page.GetByText("No sweep is like this.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task On_a_phone_in_the_dark_nothing_is_wider_than_the_screen()
    {
        var sweep = await node.SubmitAsync("phone");
        var other = await node.SubmitAsync("telephone");
        await node.EndAsync(sweep);
        await node.EndAsync(other);

        var cell = Uri.EscapeDataString("imaginary/model0@0.25/gaussian/0.1");
        var page = await node.OpenAsync("/", width: 390, height: 844, dark: true);
        foreach (
            var (path, name) in new[]
            {
                ("/", "sweeps"),
                ($"/sweeps/{sweep}", "sweep"),
                ($"/sweeps/{sweep}/loss", "loss"),
                ($"/sweeps/{sweep}/images?cell={cell}", "images"),
                ($"/sweeps/{sweep}/images/3?cell={cell}", "image"),
                ($"/compare?sweep={sweep}&sweep={other}", "compare"),
                ("/new", "new"),
                ("/workers", "workers"),
            }
        )
        {
            await Chromium.GoAsync(page, path);
            await page.Locator("h1").WaitForAsync();
            await Chromium.PictureAsync(page, $"phone-dark-{name}");
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(
                390,
                path
            );
            (await page.Locator(".rs.dark").CountAsync()).ShouldBe(1);
        }
    }

    [SkippableFact]
    public async Task Workers_show_what_their_devices_are_doing()
    {
        var page = await node.OpenAsync("/workers");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "worker-a" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("imaginary processor")).ToHaveCountAsync(2);
        await Chromium.PictureAsync(page, "workers");
    }

    [SkippableFact]
    public async Task A_sweep_that_is_not_there_is_said_to_be_none()
    {
        var page = await node.OpenAsync("/sweeps/nobody");

        await Assertions.Expect(page.GetByText("There is no sweep nobody.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task While_the_ledger_is_away_the_page_says_so_and_comes_back_by_itself()
    {
        var page = await node.OpenAsync("/");
        node.Disk.IsAway = true;
        try
        {
            await Assertions
                .Expect(page.GetByRole(AriaRole.Alert))
                .ToContainTextAsync(Cluster.Tests.FullLedger.Absence, Patient());
            await Chromium.PictureAsync(page, "ledger-away");
        }
        finally
        {
            node.Disk.IsAway = false;
        }

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    [SkippableFact]
    public async Task Every_page_can_be_read_by_everybody()
    {
        var sweep = await node.SubmitAsync("readable");
        await node.EndAsync(sweep);
        var cell = Uri.EscapeDataString("imaginary/model0@0.25/gaussian/0.1");
        string[] paths =
        [
            "/",
            "/new",
            "/workers",
            "/compare",
            $"/compare?sweep={sweep}&sweep={sweep}",
            $"/sweeps/{sweep}",
            $"/sweeps/{sweep}/loss",
            $"/sweeps/{sweep}/images?cell={cell}",
            $"/sweeps/{sweep}/images/3?cell={cell}",
            "/not/a/page",
        ];
        foreach (var dark in new[] { false, true })
        {
            var page = await node.OpenAsync("/", dark: dark);
            foreach (var path in paths)
            {
                await Chromium.GoAsync(page, path);
                await page.Locator("h1").WaitForAsync();
                (await Accessibility.FaultsAsync(page)).ShouldBeEmpty($"{path}, {(dark ? "dark" : "light")}");
            }
        }
    }

    [SkippableFact]
    public async Task The_keyboard_alone_reaches_everything_and_shows_where_it_is()
    {
        await node.SubmitAsync("keys");
        var page = await node.OpenAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "keys" }).WaitForAsync();
        await page.EvaluateAsync("document.activeElement.blur()");

        var stops = await Accessibility.TabAsync(page, 8);

        stops
            .Select(s => s.Name)
            .Take(6)
            .ShouldBe(["Skip to the content", "rsmooth", "Sweeps", "Compare", "New", "Workers"]);
        stops.ShouldAllBe(s => s.Ring);
        stops[7].Name.ShouldBe("Find by name or id");
        await page.Keyboard.TypeAsync("keys");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "keys" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Chromium.AtAsync(page, "/sweeps/keys");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
    }

    private static LocatorAssertionsToHaveTextOptions Text() => new() { Timeout = 60_000 };

    private static LocatorAssertionsToContainTextOptions Patient() => new() { Timeout = 60_000 };
}
