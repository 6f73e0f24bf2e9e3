using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

/// <summary>Reads sweep files with the vocabulary of the tests.</summary>
internal static class TestSweep
{
    public static SweepFileResult Parse(string yaml, string? filePath, IReadOnlyList<string> overrides) =>
        SweepFile.Parse(yaml, filePath, overrides, TestNoise.Vocabulary);
}
