using System.Runtime.InteropServices;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>Memory of its own for numbers that are read as vectors: at the beginning of a cache line, zero at first.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int CacheLine = 64;

    /// <param name="count">How many.</param>
    public AlignedFloats(nint count)
    {
        Count = count;
        Pointer = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), CacheLine);
        NativeMemory.Clear(Pointer, (nuint)count * sizeof(float));
    }

    /// <param name="values">Which.</param>
    public AlignedFloats(params ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(new Span<float>(Pointer, values.Length));

    ~AlignedFloats() => Free();

    /// <summary>How many there are.</summary>
    public nint Count { get; }

    /// <summary>The first; null once disposed of.</summary>
    public float* Pointer { get; private set; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
