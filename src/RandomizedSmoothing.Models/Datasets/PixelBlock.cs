using System.IO.MemoryMappedFiles;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>Read-only bytes that may exceed two gigabytes.</summary>
internal abstract class PixelBlock
{
    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>A part of them.</summary>
    public abstract ReadOnlySpan<byte> Slice(long offset, int length);
}

/// <summary>Pixels in memory.</summary>
internal sealed class ArrayPixels(byte[] bytes) : PixelBlock
{
    public override long Length => bytes.LongLength;

    public override ReadOnlySpan<byte> Slice(long offset, int length) => bytes.AsSpan(checked((int)offset), length);
}

/// <summary>
/// Pixels in a file that stays mapped for the life of the process (spans into it can then never dangle): the system keeps in
/// memory what is in use. Open a file once and share the data set.
/// </summary>
internal sealed unsafe class MappedPixels : PixelBlock
{
    private readonly byte* _start;

    public MappedPixels(string path, long offset, long length)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var file = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: false
        );
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + view.PointerOffset + offset;
        Length = length;
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Length);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }
}
