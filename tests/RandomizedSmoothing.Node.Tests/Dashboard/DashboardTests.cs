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

        node.LetCount(4);
        await Assertions.Expect(page.Locator("h2 .provisional")).ToContainTextAsync("provisional", Patient());
        await Assertions.Expect(page.Locator("svg.plot path.curve").First).ToBeVisibleAsync();
        await Chromium.PictureAsync(page, "sweep-provisional");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Paused", Patient());
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Running", Patient());

        node.LetCount(100);
        await Assertions.Expect(page.Locator(".rs-state")).ToContainTextAsync("Completed", Patient());
        await Assertions.Expect(page.Locator("h2 .provisional")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("svg.plot path.curve")).ToHaveCountAsync(3);
        await Chromium.PictureAsync(page, "sweep-completed");
        (await node.Sweeps.GetProgressAsync(sweep, DashboardNode.Limit))!.State.ShouldBe(SweepState.Completed);
    }

    [SkippableFact]
    public async Task Many_sweeps_are_shown_a_page_at_a_time_and_found_by_name()
    {
        await node.EndAsync(await node.SubmitAsync("many-0", votes: "many"));
        for (var number = 1; number < 40; number++)
        {
            await node.SubmitAsync($"many-{number}", votes: "many");
        }

        var page = await node.OpenAsync("/");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(25, new() { Timeout = 60_000 });
        await Chromium.PictureAsync(page, "sweeps");

        await page.GetByLabel("Find by name or id").FillAsync("many-17");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Ended early") }).ClickAsync();
        await Assertions.Expect(page.GetByText("No sweep is like this.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task On_a_phone_in_the_dark_nothing_is_wider_than_the_screen()
    {
        var sweep = await node.SubmitAsync("phone");
        await node.EndAsync(sweep);

        foreach (var (path, name) in new[] { ("/", "sweeps"), ($"/sweeps/{sweep}", "sweep"), ("/workers", "workers") })
        {
            var page = await node.OpenAsync(path, width: 390, height: 844, dark: true);
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

    private static LocatorAssertionsToContainTextOptions Patient() => new() { Timeout = 60_000 };
}
