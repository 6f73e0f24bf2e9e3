using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using RandomizedSmoothing.Node.Dashboard.AccuracyLoss;
using RandomizedSmoothing.Node.Dashboard.Assets;
using RandomizedSmoothing.Node.Dashboard.Compare;
using RandomizedSmoothing.Node.Dashboard.NewSweep;
using RandomizedSmoothing.Node.Dashboard.Reading;

namespace RandomizedSmoothing.Node.Dashboard;

/// <summary>The dashboard of control nodes: pages rendered on the node, kept alive over one connection a reader.</summary>
public static class DashboardHosting
{
    /// <summary>Adds what the pages need beside the sweep API's own services.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        // What is protected lives as long as a page's connection to this process: no key is worth keeping.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<AuthenticationStateProvider, RevalidatedReader>();
        services.AddMudServices();
        services.AddSingleton<SweepReader>();
        services.AddSingleton<LiveReports>();
        services.AddSingleton<LossViews>();
        services.AddSingleton<ComparedRuns>();
        services.AddSingleton<SweepPlanner>();
        return services;
    }

    /// <summary>Maps the pages from <c>/</c> on, and what they load.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapBrowserAssets();
        app.MapRazorComponents<DashboardApp>().AddInteractiveServerRenderMode();
        app.MapGet("{**path}", NotFound)
            .ExcludeFromDescription()
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    // The router says on the page that the address names nothing; programs get the problem that they can read.
    private static IResult NotFound(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? new RazorComponentResult<DashboardApp> { StatusCode = StatusCodes.Status404NotFound }
            : TypedResults.NotFound();
}
