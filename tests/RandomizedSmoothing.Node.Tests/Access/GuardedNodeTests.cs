using System.Net;
using System.Net.Http.Json;
using System.Text;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Node.Tests.Access;

/// <summary>What a node with keys refuses, how, and that it goes on.</summary>
public sealed class GuardedNodeTests(GuardedNode node) : IClassFixture<GuardedNode>
{
    private const string Digits = """
        name: tiny
        datasets: [{ name: digits, max: 3 }]
        models: [{ name: conv, architecture: small-conv, train: { epochs: 1, maxImages: 50 } }]
        sigmas: [0.25]
        certify: { n0: 10, n: 20 }
        """;

    [Theory]
    [InlineData("GET", "/api/v1/sweeps")]
    [InlineData("GET", "/api/v1/sweeps/x/progress")]
    [InlineData("POST", "/api/v1/sweeps")]
    [InlineData("POST", "/api/v1/definitions")]
    [InlineData("POST", "/api/v1/console/run")]
    [InlineData("GET", "/api/v1/console/palette")]
    [InlineData("PUT", "/api/v1/artifacts/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("DELETE", "/api/v1/artifacts/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("GET", "/api/v1/openapi.json")]
    [InlineData("POST", "/_blazor/negotiate")]
    [InlineData("GET", "/nothing/here")]
    public async Task Without_a_key_nothing_is_answered(string method, string path)
    {
        using var http = node.Http(null);

        using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("RSMOOTH_API_KEY");
    }

    [Theory]
    [InlineData("rs_otto_wrong")]
    [InlineData("rs_nobody_wrong")]
    [InlineData("")]
    [InlineData("otto operator pbkdf2-sha256")]
    public async Task A_wrong_key_is_refused(string key)
    {
        using var http = node.Http(key);

        (await http.GetAsync("/api/v1/sweeps")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_viewer_looks_and_changes_nothing()
    {
        using var http = node.Http(node.Viewer);

        (await http.GetAsync("/api/v1/sweeps")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var submit = await http.PostAsync("/api/v1/sweeps", new StringContent(Digits));
        submit.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await submit.Content.ReadAsStringAsync()).ShouldContain("'vera' may look");
        (await RunAsync(http, "worker list")).ShouldContain("\"done\"");
        (await RunAsync(http, "sweep cancel -s x")).ShouldContain("it takes the role operator");
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        using var op = node.Http(node.Operator);
        using var guest = node.Http(node.Guest);
        var text = Digits.Replace("name: tiny", "name: streamed", StringComparison.Ordinal);
        (await op.PostAsync("/api/v1/sweeps", new StringContent(text))).EnsureSuccessStatusCode();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var stream = await guest.GetStreamAsync("/api/v1/sweeps/streamed/progress", limit.Token);
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(limit.Token)).ShouldStartWith("event:");

        node.StrikeOutGuest();

        while (await reader.ReadLineAsync(limit.Token) is not null) { }
    }

    [Fact]
    public async Task An_operator_starts_and_ends_a_sweep_and_the_log_says_who()
    {
        using var http = node.Http(node.Operator);

        var submit = await http.PostAsync("/api/v1/sweeps", new StringContent(Digits));
        submit.StatusCode.ShouldBe(HttpStatusCode.Created, await submit.Content.ReadAsStringAsync());
        (await http.PostAsync("/api/v1/sweeps/tiny/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await LoggedAsync("otto POST /api/v1/sweeps/tiny/cancel");
    }

    [Fact]
    public async Task A_browser_is_led_to_the_sign_in_page_and_back()
    {
        using var http = node.Http(null);
        var ask = new HttpRequestMessage(HttpMethod.Get, "/sweeps/a?b=1");
        ask.Headers.Accept.ParseAdd("text/html");

        var led = await http.SendAsync(ask);
        led.StatusCode.ShouldBe(HttpStatusCode.Found);
        led.Headers.Location!.ToString().ShouldBe("/sign-in?to=%2Fsweeps%2Fa%3Fb%3D1");
        var page = await http.GetAsync(led.Headers.Location);
        (await page.Content.ReadAsStringAsync()).ShouldContain("value=\"/sweeps/a?b=1\"");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");

        var entered = await http.PostAsync("/sign-in", Form(node.Viewer, "/sweeps/a?b=1"));
        entered.Headers.Location!.ToString().ShouldBe("/sweeps/a?b=1");
        var cookie = entered.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        var signed = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sweeps");
        signed.Headers.Add("Cookie", cookie.Split(';')[0]);
        (await http.SendAsync(signed)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    public async Task Signing_in_leads_to_no_other_site(string to)
    {
        using var http = node.Http(null);

        var entered = await http.PostAsync("/sign-in", Form(node.Viewer, to));

        entered.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task What_comes_from_a_page_of_another_site_is_refused_though_the_key_is_right()
    {
        using var http = node.Http(node.Operator);
        var ask = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sweeps/x/cancel");
        ask.Headers.Add("Origin", "https://evil.example");

        (await http.SendAsync(ask)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("name: [", HttpStatusCode.BadRequest)]
    [InlineData("\0\u0001\u0002", HttpStatusCode.BadRequest)]
    [InlineData("{\"name\": 3}", HttpStatusCode.BadRequest)]
    public async Task A_malformed_sweep_file_is_refused(string text, HttpStatusCode expected)
    {
        using var http = node.Http(node.Operator);

        (await http.PostAsync("/api/v1/sweeps", new StringContent(text))).StatusCode.ShouldBe(expected);
        var resolved = await http.PostAsync("/api/v1/definitions", new StringContent(text));
        ((int)resolved.StatusCode).ShouldBeInRange(400, 499);
    }

    [Theory]
    [InlineData("/api/v1/sweeps")]
    [InlineData("/api/v1/console/run")]
    [InlineData("/sign-in")]
    public async Task An_oversized_body_is_refused(string path)
    {
        using var http = node.Http(node.Operator);
        http.DefaultRequestHeaders.ExpectContinue = true;

        var answer = await http.PostAsync(
            path,
            new StringContent(
                new string('x', 3 << 20),
                Encoding.UTF8,
                path == "/sign-in" ? "application/x-www-form-urlencoded" : "application/json"
            )
        );

        ((int)answer.StatusCode).ShouldBeOneOf(400, 413);
    }

    [Fact]
    public async Task The_log_names_what_was_refused_and_holds_no_key()
    {
        using var stranger = node.Http("rs_otto_c2VjcmV0");
        await stranger.GetAsync("/api/v1/sweeps?key=in-the-query");
        using var viewer = node.Http(node.Viewer);
        await viewer.PostAsync("/api/v1/sweeps/x/cancel", null);
        await stranger.PostAsync("/sign-in", Form("rs_vera_guess", "/"));

        await LoggedAsync(
            "Refused 401 GET /api/v1/sweeps of nobody",
            "Refused 403 POST /api/v1/sweeps/x/cancel of vera",
            "Refused 401 POST /sign-in"
        );
        var all = string.Join('\n', node.Log);
        foreach (var secret in new[] { node.Viewer, node.Operator, "c2VjcmV0", "rs_vera_guess", "in-the-query" })
        {
            all.ShouldNotContain(secret);
        }
    }

    // A line is written after the answer.
    private Task LoggedAsync(params string[] texts) =>
        Eventually.Async(
            () => Task.FromResult(texts.All(text => node.Log.Any(line => line.Contains(text)))),
            $"the log has {string.Join(" and ", texts)}"
        );

    private static FormUrlEncodedContent Form(string key, string to) =>
        new(new Dictionary<string, string> { ["key"] = key, ["to"] = to });

    private static async Task<string> RunAsync(HttpClient http, string command)
    {
        var answer = await http.PostAsJsonAsync(ConsoleContract.RunPath, new ConsoleRequest(command));
        return await answer.Content.ReadAsStringAsync();
    }
}
