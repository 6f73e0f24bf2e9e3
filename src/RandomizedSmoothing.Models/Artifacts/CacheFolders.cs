namespace RandomizedSmoothing.Models.Artifacts;

/// <summary>Where a node keeps what it can make or fetch again: data sets, models, artifacts by digest.</summary>
/// <param name="Root">The folder; created when something is first written.</param>
public sealed record CacheFolders(string Root)
{
    /// <summary>
    /// <c>$RSMOOTH_CACHE</c>, else <c>$XDG_CACHE_HOME/rsmooth</c>, else the user's cache folder of the platform.
    /// </summary>
    public static CacheFolders Default()
    {
        if (Variable("RSMOOTH_CACHE") is { } chosen)
        {
            return new CacheFolders(Path.GetFullPath(chosen));
        }

        if (Variable("XDG_CACHE_HOME") is { } xdg)
        {
            return new CacheFolders(Path.Combine(xdg, "rsmooth"));
        }

        if (OperatingSystem.IsWindows())
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return new CacheFolders(Path.Combine(local, "rsmooth", "cache"));
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new CacheFolders(Path.Combine(home.Length == 0 ? Path.GetTempPath() : home, ".cache", "rsmooth"));
    }

    /// <summary>Files by SHA-256.</summary>
    public string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>Downloaded data sets, a folder each.</summary>
    public string Datasets => Path.Combine(Root, "datasets");

    /// <summary>Trained models by the key of their task, with the checkpoints of unfinished runs.</summary>
    public string Training => Path.Combine(Root, "training");

    private static string? Variable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrWhiteSpace(value) ? null : value;
    }
}
