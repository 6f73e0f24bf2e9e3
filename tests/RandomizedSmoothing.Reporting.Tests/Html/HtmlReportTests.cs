using System.Text.RegularExpressions;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Tests.Html;

public sealed partial class HtmlReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_needs_no_other_file_script_or_connection()
    {
        var page = await PageAsync(SampleSweep.Create(models: ["lenet", "wide"]), (_, _) => new byte[16]);
        page.ShouldStartWith("<!DOCTYPE html>");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        page.ShouldNotContain("@import");
        SourcePattern()
            .Matches(page)
            .Select(m => m.Groups[1].Value)
            .ShouldAllBe(s => s.StartsWith("data:image/png;base64,"));
        page.ShouldContain("data:image/png;base64,");
        page.ShouldContain("prefers-color-scheme: dark");
    }

    [Fact]
    public async Task Every_element_is_closed()
    {
        var page = await PageAsync(SampleSweep.Create(unfinished: 5, models: ["lenet", "wide"]), null);
        var open = new Stack<string>();
        foreach (Match tag in TagPattern().Matches(page))
        {
            var name = tag.Groups[2].Value;
            if (name is "meta" or "br" or "img" || tag.Value.EndsWith("/>", StringComparison.Ordinal))
            {
                continue;
            }

            if (tag.Groups[1].Value.Length == 0)
            {
                open.Push(name);
            }
            else
            {
                open.Pop().ShouldBe(name, $"near {page[Math.Max(0, tag.Index - 80)..tag.Index]}");
            }
        }

        open.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_cannot_smuggle_markup_into_the_page()
    {
        var results = SampleSweep.Create();
        var sweep = results.Sweep with { Name = "<script>alert(1)</script>", Source = "name: <img src=x>" };
        var page = await PageAsync(results with { Sweep = sweep, Warnings = ["<b>boom</b>"] }, null);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        page.ShouldNotContain("<b>boom");
        page.ShouldContain("&lt;script&gt;");
    }

    [Fact]
    public async Task Gaps_and_provisional_curves_are_said_at_the_top()
    {
        var results = SampleSweep.Create(unfinished: 5) with { State = SweepState.CompletedWithGaps };
        var page = await PageAsync(results, null);
        page.ShouldContain("Provisional: 110 of 120 images are finished; 2 of 2 curves will still change.");
        page.ShouldContain("ended with gaps");
        page.ShouldContain("55 of 60 images");
    }

    [Fact]
    public async Task The_finding_the_averages_and_the_manifest_are_there()
    {
        var page = await PageAsync(SampleSweep.Create(), null);
        page.ShouldContain("On shapes, smoothing with σ = 0.25 is right on");
        page.ShouldContain("Accuracy per class");
        page.ShouldContain(
            "ACR is the mean of the certified radius over all images, 0 where not right, at n = 1,000 and α = 0.001"
        );
        page.ShouldContain("rsmooth run shapes.yaml");
        page.ShouldContain("&quot;sampler&quot;: &quot;exact&quot;");
    }

    [Fact]
    public async Task Names_of_any_length_wrap_and_leave_bars_and_numbers_their_room()
    {
        var page = await PageAsync(SampleSweep.Create(0, 1000, new string('x', 120), "b"), null);
        page.ShouldContain(".bars { display: grid; grid-template-columns: fit-content(18rem) minmax(10rem, 1fr)");
        page.ShouldContain("tbody th { white-space: normal; overflow-wrap: anywhere;");
    }

    [Fact]
    public async Task Images_that_are_not_estimated_are_no_abstentions()
    {
        var page = await PageAsync(SampleSweep.PartlyEstimated(), null);
        page.ShouldContain("<span class=\"box left-out\"></span>not estimated");
        page.ShouldContain(" % not estimated\"");
        page.ShouldContain("<span class=\"left-out\"");
        page.ShouldContain("(certify.images: correct)");
        (await PageAsync(SampleSweep.Create(), null)).ShouldNotContain("not estimated");
    }

    [Fact]
    public void A_sweep_without_a_finished_image_says_so() =>
        Finding.Of(Table(SampleSweep.Create(unfinished: SampleSweep.Images))).ShouldBe("No image is finished yet.");

    private static Reporting.Tables.AccuracyTable Table(SweepResults results) =>
        Reporting.Tables.SweepTable.Of(results.Certify(), results.Sweep.Report);

    private async Task<string> PageAsync(SweepResults results, PixelSource? pixels)
    {
        await ResultsFolder.WriteAsync(_folder.Path, results, pixels);
        return await File.ReadAllTextAsync(_folder.File("report.html"));
    }

    [GeneratedRegex("""\b(?:src|href)="([^"]*)""")]
    private static partial Regex SourcePattern();

    [GeneratedRegex("<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>")]
    private static partial Regex TagPattern();
}
