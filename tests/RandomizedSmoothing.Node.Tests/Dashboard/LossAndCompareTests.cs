using Microsoft.Playwright;
using RandomizedSmoothing.Node.Tests.Api;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>Where accuracy is lost and how sweeps differ, in a real browser, from real votes on real digits.</summary>
public sealed class LossAndCompareTests(RunningNode node) : IClassFixture<RunningNode>, IAsyncLifetime
{
    private readonly Chromium _chromium = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _chromium.DisposeAsync();

    [SkippableFact]
    public async Task The_loss_of_a_sweep_is_told_apart_and_two_sweeps_are_compared_image_by_image()
    {
        var page = await _chromium.PageAsync(node.Address);
        await node.RunAsync(File("first", "gaussian, matched-laplace", 400));
        var published = Path.Combine(node.Offered, "digits", "conv", "noise_0.50", "test", "sigma_0.50");
        Directory.CreateDirectory(Path.GetDirectoryName(published)!);
        await System.IO.File.WriteAllTextAsync(published, PublishedLog());
        await node.RunAsync(
            File("second", "gaussian", 100) + $"\nreport: {{ compareWith: [/elsewhere/published.tsv, {published}] }}"
        );

        await Chromium.GoAsync(page, "/sweeps/first");
        await page.GetByRole(AriaRole.Link, new() { Name = "Accuracy loss" }).ClickAsync();
        await Chromium.AtAsync(page, "/sweeps/first/loss");
        await Assertions.Expect(page.Locator(".rs-finding")).ToContainTextAsync("digits, conv loses", Patient());
        foreach (
            var head in new[]
            {
                "Where the accuracy goes",
                "Accuracy against noise",
                "Training against smoothing: gaussian",
                "Who pays: accuracy and decision region of each class: gaussian",
                "Images that smoothing loses: gaussian",
                "Check: the vote sandwich: gaussian",
            }
        )
        {
            await Assertions
                .Expect(page.GetByRole(AriaRole.Heading, new() { Name = head, Exact = true }))
                .ToBeVisibleAsync();
        }

        // Two families of two sigmas, three parts each; the train × test grid; pictures of what is lost; the ceiling of the data.
        await Assertions.Expect(page.Locator(".parts rect")).ToHaveCountAsync(2 * 2 * 3);
        (await page.Locator("table.heat").First.Locator("td[style]").CountAsync()).ShouldBe(9);
        (await page.Locator(".fragile img").First.EvaluateAsync<int>("image => image.naturalWidth")).ShouldBe(8);
        await Assertions.Expect(page.GetByText("The ceiling needs no classifier")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("What this sweep cannot tell")).ToHaveCountAsync(0);
        (await Accessibility.FaultsAsync(page)).ShouldBeEmpty();
        await Chromium.PictureAsync(page, "loss");

        await Chromium.GoAsync(page, "/compare");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add first" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Choose another sweep")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add second" }).ClickAsync();
        await Chromium.AtAsync(page, "/compare?sweep=first&sweep=second");
        var sharpest = page.Locator(".rs-comparison").Filter(new() { HasText = "digits, gaussian, σ = 0.5" });
        await Assertions.Expect(sharpest.Locator("path.curve")).ToHaveCountAsync(6, new() { Timeout = 60_000 });
        await Assertions.Expect(sharpest).ToContainTextAsync("against A on the 40 images that both have");
        await Assertions
            .Expect(sharpest)
            .ToContainTextAsync("p is the exact sign test of the images where they disagree.");
        (await Accessibility.FaultsAsync(page)).ShouldBeEmpty();
        await Chromium.PictureAsync(page, "compare");
        await page.GetByLabel("with the published logs that these sweeps name (2)").CheckAsync();
        await Chromium.AtAsync(page, "/compare?sweep=first&sweep=second&logs=true");
        await Assertions.Expect(page.GetByText("'/elsewhere/published.tsv' was not drawn")).ToBeVisibleAsync();
        await Assertions.Expect(sharpest.Locator("path.curve")).ToHaveCountAsync(7);
        await Assertions.Expect(sharpest.Locator("path.curve.dashed")).ToHaveCountAsync(1);
        await Assertions.Expect(sharpest).ToContainTextAsync("F: trained at 0.5, n = 100G: published, trained at 0.5");
        (await Accessibility.FaultsAsync(page)).ShouldBeEmpty();
        await Chromium.PictureAsync(page, "compare-published");

        await page.SetViewportSizeAsync(390, 844);
        await Chromium.GoAsync(page, "/sweeps/first");
        await Assertions.Expect(page.Locator("section[aria-labelledby=trainings] tbody tr")).ToHaveCountAsync(5);
        await Chromium.PictureAsync(page, "phone-trainings");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        _chromium.Complaints.ShouldBeEmpty();
    }

    private static string File(string name, string noises, int draws) =>
        $$"""
            name: {{name}}
            datasets: [{ name: digits, max: 40 }]
            models: [{ name: conv, architecture: small-conv, train: { sigmas: [0, 0.25, 0.5], epochs: 4, maxImages: 1200 } }]
            noises: [{{noises}}]
            sigmas: [0, 0.25, 0.5]
            certify: { n0: 20, n: {{draws}} }
            """;

    // As Cohen et al. print them: every second image right, at growing radii.
    private static string PublishedLog() =>
        "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
        + string.Concat(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    FormattableString.Invariant(
                        $"{i}\t{i % 10}\t{(i % 2 == 0 ? i % 10 : -1)}\t{(i % 2 == 0 ? 0.02 * i : 0):0.###}\t{1 - (i % 2)}\t0:00:01\n"
                    )
                )
        );

    private static LocatorAssertionsToContainTextOptions Patient() => new() { Timeout = 60_000 };
}
