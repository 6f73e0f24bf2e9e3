using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// The draw numbers at which the anytime mode looks: multiples of 16 that grow by 3 in 100, 16, 32, 48, …, 576, 608, …, the
/// number of draws that the bound has planned for, and the cap. Fixed for ever and the same for every image, so a sweep stops at
/// the same draws however it was interrupted, and a higher cap goes on where a lower one ended.
/// </summary>
public static class LookSchedule
{
    private const long Step = 16;

    /// <summary>The first look after <paramref name="draws"/>, at most <paramref name="cap"/>.</summary>
    /// <param name="draws">At least 0.</param>
    /// <param name="cap">The last look, above <paramref name="draws"/>.</param>
    public static long Next(long draws, long cap)
    {
        var look = Step;
        while (look <= draws)
        {
            look = After(look);
        }

        return Math.Min(look, cap);
    }

    /// <summary>Whether the schedule with this cap looks at <paramref name="draws"/>.</summary>
    public static bool IsLook(long draws, long cap) => draws > 0 && Next(draws - 1, cap) == draws;

    // ⌈1.03 look⌉ rounded up to the next multiple, in integers.
    private static long After(long look)
    {
        var next = Math.Max(look + Step, (look * 103 / 100 + Step - 1) / Step * Step);
        return look < AnytimeLowerBound.PlannedDraws ? Math.Min(next, AnytimeLowerBound.PlannedDraws) : next;
    }
}
