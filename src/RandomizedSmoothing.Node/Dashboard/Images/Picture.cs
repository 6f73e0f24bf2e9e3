using System.Buffers.Binary;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Dashboard.Images;

/// <summary>Images as addresses that hold their own pixels: uncompressed bitmaps, which every browser shows.</summary>
internal static class Picture
{
    private const int HeaderLength = 54;

    /// <summary>The bitmap of an image in [0, 1], channels first; values outside are shown as the nearest inside.</summary>
    public static string Of(ImageShape shape, ReadOnlySpan<float> pixels)
    {
        var stride = (3 * shape.Width + 3) / 4 * 4;
        var bytes = new byte[HeaderLength + stride * shape.Height];
        Header(bytes, shape);
        var plane = shape.Width * shape.Height;
        for (var row = 0; row < shape.Height; row++)
        {
            // Rows go upwards, and colours from blue to red.
            var line = bytes.AsSpan(HeaderLength + stride * (shape.Height - 1 - row));
            for (var column = 0; column < shape.Width; column++)
            {
                for (var colour = 0; colour < 3; colour++)
                {
                    var channel = Math.Min(2 - colour, shape.Channels - 1);
                    var value = pixels[channel * plane + row * shape.Width + column];
                    line[3 * column + colour] = (byte)MathF.Round(255 * Math.Clamp(value, 0, 1));
                }
            }
        }

        return $"data:image/bmp;base64,{Convert.ToBase64String(bytes)}";
    }

    private static void Header(Span<byte> bytes, ImageShape shape)
    {
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[2..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[10..], HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[14..], 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[18..], shape.Width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[22..], shape.Height);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[26..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[28..], 24);
    }
}
