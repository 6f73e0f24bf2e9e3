using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>A real browser; tests are skipped where there is none.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where pictures of pages are kept for people to look at.</summary>
    public static string Pictures { get; } =
        Directory.CreateDirectory(Repository.PathOf("artifacts", "screenshots")).FullName;

    /// <summary>What the browser complained of: errors of scripts, refused resources.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>A page of a browser of its own state, and on it a page of the dashboard.</summary>
    public async Task<IPage> OpenAsync(Uri node, string path, int width = 1280, int height = 900, bool dark = false)
    {
        var page = await PageAsync(node, width, height, dark);
        await GoAsync(page, path);
        return page;
    }

    /// <summary>Shows a page of the dashboard.</summary>
    public static async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.WaitForSelectorAsync(".rs:not(.unknown)");
    }

    /// <summary>
    /// Waits for an address that ends so; Playwright's own wait for a navigation can miss one that loads no document.
    /// </summary>
    public static Task AtAsync(IPage page, string end) =>
        Assertions
            .Expect(page)
            .ToHaveURLAsync(
                new Regex(Regex.Escape(end).Replace("\\*", ".*", StringComparison.Ordinal) + "$"),
                new() { Timeout = 60_000 }
            );

    /// <summary>Skips the test where there is no browser.</summary>
    public static void Require() => Skip.IfNot(File.Exists(Executable), $"There is no {Executable}.");

    /// <summary>An empty page of a browser of its own state.</summary>
    public async Task<IPage> PageAsync(Uri node, int width = 1280, int height = 900, bool dark = false)
    {
        Require();
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Args = ["--no-sandbox"],
                Timeout = 90_000,
            }
        );
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                BaseURL = node.ToString(),
            }
        );
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Complaints.Enqueue(message.Text);
            }
        };
        return page;
    }

    /// <summary>Keeps a picture of the whole page.</summary>
    public static Task PictureAsync(IPage page, string name) =>
        page.ScreenshotAsync(
            new PageScreenshotOptions
            {
                Path = Path.Combine(Pictures, $"{name}.png"),
                FullPage = true,
                Animations = ScreenshotAnimations.Disabled,
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
