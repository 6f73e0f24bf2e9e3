using MudBlazor;

namespace RandomizedSmoothing.Node.Dashboard.Layout;

/// <summary>Colours and letters of the dashboard, those of the reports; fonts of the reader's own system.</summary>
internal static class DashboardTheme
{
    private static readonly string[] Fonts =
    [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Liberation Sans",
        "Helvetica",
        "Arial",
        "sans-serif",
    ];

    public static MudTheme Theme { get; } =
        new()
        {
            PaletteLight = new PaletteLight
            {
                Primary = "#0072b2",
                Secondary = "#8a4a00",
                Success = "#1d7a5c",
                Warning = "#9a5b00",
                Error = "#b3261e",
                Info = "#0072b2",
                Background = "#fcfcfb",
                Surface = "#ffffff",
                AppbarBackground = "#ffffff",
                AppbarText = "#1d1f21",
                DrawerBackground = "#ffffff",
                DrawerText = "#3a3e42",
                DrawerIcon = "#5b6067",
                TextPrimary = "#1d1f21",
                TextSecondary = "#5b6067",
                LinesDefault = "#e2e4e6",
                TableLines = "#e2e4e6",
                Divider = "#e2e4e6",
                ActionDefault = "#5b6067",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#5db4ea",
                Secondary = "#e8a15a",
                Success = "#4fc39d",
                Warning = "#ffc66b",
                Error = "#ff8a80",
                Info = "#5db4ea",
                Background = "#15181b",
                Surface = "#1c2024",
                AppbarBackground = "#1c2024",
                AppbarText = "#e8eaec",
                DrawerBackground = "#1c2024",
                DrawerText = "#cfd4d9",
                DrawerIcon = "#a3aab2",
                TextPrimary = "#e8eaec",
                TextSecondary = "#a3aab2",
                LinesDefault = "#343a40",
                TableLines = "#343a40",
                Divider = "#343a40",
                ActionDefault = "#a3aab2",
                PrimaryContrastText = "#0b1216",
            },
            Typography = new Typography
            {
                Default = new DefaultTypography { FontFamily = Fonts },
                Button = new ButtonTypography { TextTransform = "none", FontWeight = "500" },
            },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", AppbarHeight = "52px" },
        };
}
