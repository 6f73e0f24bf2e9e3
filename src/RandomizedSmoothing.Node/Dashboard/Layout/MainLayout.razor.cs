using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Dashboard.Layout;

/// <summary>The frame of every page: bar, menu, colours as the system or the reader wants them.</summary>
public sealed partial class MainLayout : LayoutComponentBase
{
    private const string Store = "rsmooth-colours";
    private MudThemeProvider _provider = null!;
    private bool _dark;
    private bool _known;
    private bool _follows;
    private string? _who;

    [CascadingParameter]
    private Task<AuthenticationState>? Reader { get; set; }

    [Inject]
    private KeyRing Keys { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Here => new Uri(Navigation.Uri).AbsolutePath;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (Reader is null)
        {
            return;
        }

        var who = (await Reader).User.Identity;
        if (who is not { IsAuthenticated: true })
        {
            // The key was struck out while the page was open.
            Navigation.NavigateTo($"{SignIn.Path}?to={Uri.EscapeDataString(Here)}", forceLoad: true);
        }

        _who = Keys.IsEmpty ? null : who?.Name;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var chosen = await Browser.InvokeAsync<string?>("localStorage.getItem", Store);
        _dark = chosen is null ? await _provider.GetSystemDarkModeAsync() : chosen == "dark";
        (_follows, _known) = (chosen is null, true);
        StateHasChanged();
    }

    private void OnSystemChangedAsync(bool dark)
    {
        if (_follows)
        {
            _dark = dark;
        }
    }

    private async Task ToggleAsync()
    {
        (_dark, _follows) = (!_dark, false);
        await Browser.InvokeVoidAsync("localStorage.setItem", Store, _dark ? "dark" : "light");
    }
}
