namespace RandomizedSmoothing.Cli.Operations;

/// <summary>The lines that were entered before, the last one last; kept in a file of the user's between sessions.</summary>
internal sealed class LineHistory
{
    private const int Longest = 1000;

    private readonly string? _path;
    private readonly List<string> _lines = [];
    private int _at;
    private string _begun = "";

    /// <param name="path">The file; null to keep nothing.</param>
    public LineHistory(string? path)
    {
        _path = path;
        try
        {
            if (path is not null && File.Exists(path))
            {
                _lines.AddRange(File.ReadLines(path).TakeLast(Longest));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A session without the lines of earlier ones.
        }

        _at = _lines.Count;
    }

    /// <summary>The history of a user: <c>rsmooth/console-history</c> in $XDG_STATE_HOME or ~/.local/state.</summary>
    public static LineHistory OfUser(Terminal terminal)
    {
        var state =
            terminal.Environment("XDG_STATE_HOME") is { Length: > 0 } set ? set
            : terminal.Environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state")
            : null;
        return new LineHistory(state is null ? null : Path.Combine(state, "rsmooth", "console-history"));
    }

    /// <summary>Takes a line in, unless it repeats the last; going back begins behind it.</summary>
    public void Add(string line)
    {
        if (_lines.Count == 0 || _lines[^1] != line)
        {
            _lines.Add(line);
            Save();
        }

        _at = _lines.Count;
        _begun = "";
    }

    /// <summary>The line before; <paramref name="current"/> is kept for the way back.</summary>
    public string Back(string current)
    {
        if (_at == _lines.Count)
        {
            _begun = current;
        }

        _at = Math.Max(0, _at - 1);
        return _at < _lines.Count ? _lines[_at] : current;
    }

    /// <summary>The line after, in the end the one that was begun.</summary>
    public string Forward(string current)
    {
        if (_at == _lines.Count)
        {
            return current;
        }

        _at++;
        return _at < _lines.Count ? _lines[_at] : _begun;
    }

    private void Save()
    {
        if (_path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var aside = $"{_path}.{Environment.ProcessId}";
            File.WriteAllLines(aside, _lines.TakeLast(Longest));
            File.Move(aside, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The session goes on without a file.
        }
    }
}
