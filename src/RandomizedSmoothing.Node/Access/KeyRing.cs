using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Access;

/// <summary>
/// The keys of a node. Keys that were presented before are known by a digest in memory, so that the slow digest is computed once
/// a key. A file of keys is read again at most every few seconds: a key that is struck out stops working then.
/// </summary>
public sealed class KeyRing
{
    private const int MostKnown = 1000;

    /// <summary>After how long a change of the file is noticed.</summary>
    internal static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly AccessOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _log;
    private readonly Lock _lock = new();
    private volatile State _state;
    private long _readAt;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or a line is no key.</exception>
    public KeyRing(AccessOptions options, TimeProvider time, ILogger<KeyRing> log)
    {
        (_options, _time, _log) = (options, time, log);
        _state = new State(FileText(), options);
        _readAt = time.GetTimestamp();
        if (_state.Problem is { } problem)
        {
            throw new UserErrorException(problem);
        }
    }

    /// <summary>Whether there is no key: then nobody needs one.</summary>
    public bool IsEmpty => !_options.HasKeys;

    /// <summary>The key that a text was verified to be before, or null.</summary>
    public AccessKey? Recall(string text) => Current().Known.GetValueOrDefault(Fingerprint(text));

    /// <summary>The key that a text is, or null. Slow for texts that are not known.</summary>
    public bool TryVerify(string text, [NotNullWhen(true)] out AccessKey? key)
    {
        var state = Current();
        if (state.Known.TryGetValue(Fingerprint(text), out key))
        {
            return true;
        }

        var name = AccessKey.NameIn(text);
        key = state.Keys.FirstOrDefault(k => k.Name == name);
        if (key is null || !key.Matches(text))
        {
            key = null;
            return false;
        }

        if (state.Known.Count < MostKnown)
        {
            state.Known[Fingerprint(text)] = key;
        }

        return true;
    }

    /// <summary>Whether who was let in earlier would be now, as the same: for what outlives the request that showed the key.</summary>
    /// <param name="user">As <see cref="KeyAuthentication"/> made it.</param>
    public bool StillHolds(ClaimsPrincipal user)
    {
        var (name, role) = (
            user.Identity?.Name,
            user.IsInRole(nameof(AccessRole.Operator)) ? AccessRole.Operator : AccessRole.Viewer
        );
        return (name, role) switch
        {
            (KeyAuthentication.Anyone, _) => IsEmpty,
            (KeyAuthentication.Anonymous, _) => !IsEmpty && _options.AnonymousRead,
            _ => Current().Keys.Any(key => key.Name == name && key.Role == role),
        };
    }

    private State Current()
    {
        if (_options.KeysFile is null || _time.GetElapsedTime(Interlocked.Read(ref _readAt)) < Refresh)
        {
            return _state;
        }

        lock (_lock)
        {
            if (_time.GetElapsedTime(_readAt) < Refresh)
            {
                return _state;
            }

            Interlocked.Exchange(ref _readAt, _time.GetTimestamp());
            try
            {
                var text = FileText();
                if (text != _state.Text)
                {
                    Take(new State(text, _options));
                }
            }
            catch (UserErrorException error)
            {
                _log.LogError("The keys stay as they were: {Problem}", error.Message);
            }

            return _state;
        }
    }

    private void Take(State next)
    {
        if (next.Problem is { } problem)
        {
            _log.LogError("The keys stay as they were: {Problem}", problem);
            return;
        }

        _state = next;
        _log.LogInformation("{Count} keys were read from {File}", next.Keys.Count, _options.KeysFile);
    }

    private string FileText()
    {
        try
        {
            return _options.KeysFile is { } file ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The file of keys {_options.KeysFile} cannot be read: {e.Message}", e);
        }
    }

    private static string Fingerprint(string text) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The keys of one reading of the file.</summary>
    private sealed class State
    {
        public State(string text, AccessOptions options)
        {
            Text = text;
            var keys = new List<AccessKey>();
            foreach (var (line, place) in Lines(text, options))
            {
                if (!AccessKey.TryParse(line, out var key))
                {
                    Problem ??=
                        $"{place} is no key. A line reads NAME viewer|operator pbkdf2-sha256 ITERATIONS SALT DIGEST, as 'rsmooth node keys new' prints it.";
                }
                else if (keys.Exists(k => k.Name == key.Name))
                {
                    Problem ??= $"{place} names '{key.Name}' a second time; names of keys are unique.";
                }
                else
                {
                    keys.Add(key);
                }
            }

            Keys = keys;
            if (options.HasKeys && keys.Count == 0)
            {
                Problem ??= $"The file of keys {options.KeysFile} holds no key; 'rsmooth node keys new' makes one.";
            }
        }

        public string Text { get; }

        /// <summary>Why the keys cannot be used; null when they can.</summary>
        public string? Problem { get; }

        public IReadOnlyList<AccessKey> Keys { get; }

        /// <summary>Keys by the fingerprint of the text that was found to be them.</summary>
        public ConcurrentDictionary<string, AccessKey> Known { get; } = new(StringComparer.Ordinal);

        private static IEnumerable<(string Line, string Place)> Lines(string text, AccessOptions options)
        {
            var number = 0;
            foreach (var line in text.Split('\n').Select(l => l.Trim()))
            {
                number++;
                if (line.Length > 0 && line[0] != '#')
                {
                    yield return (line, $"Line {number} of {options.KeysFile}");
                }
            }

            for (var i = 0; i < options.Keys.Count; i++)
            {
                yield return (options.Keys[i], $"Key {i + 1} of the setting keys");
            }
        }
    }
}
