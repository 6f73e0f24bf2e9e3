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

    /// <summary>A page of a browser of its own state.</summary>
    public async Task<IPage> OpenAsync(Uri node, string path, int width = 1280, int height = 900, bool dark = false)
    {
        Skip.IfNot(File.Exists(Executable), $"There is no {Executable}.");
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
        await page.GotoAsync(path);
        await page.WaitForSelectorAsync(".rs:not(.unknown)");
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
