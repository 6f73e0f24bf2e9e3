using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>
/// The transformed weights of a convolution, four times as large as its own: all devices that compute the same convolution
/// share them.
/// </summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Key, Shared> Known = [];

    private readonly Key _key;
    private readonly Shared _shared;
    private int _returned;

    /// <param name="weights">Outputs × channels × 3 × 3.</param>
    /// <param name="outputs">A multiple of 16.</param>
    /// <param name="channels">A multiple of 16.</param>
    public WinogradWeights(ReadOnlySpan<float> weights, int outputs, int channels)
    {
        _key = new(Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(weights))), outputs, channels);
        lock (Gate)
        {
            if (!Known.TryGetValue(_key, out var shared))
            {
                shared = new Shared();
                Known.Add(_key, shared);
            }

            shared.Users++;
            _shared = shared;
        }

        // Whoever comes second waits here until they are there.
        lock (_shared)
        {
            _shared.Products ??= Transform(weights, outputs, channels);
        }
    }

    ~WinogradWeights() => Return();

    /// <summary>The 36 products' weights, each by <see cref="PanelProduct.Place"/>.</summary>
    public float* Pointer => _shared.Products!.Pointer;

    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    private static AlignedFloats Transform(ReadOnlySpan<float> weights, int outputs, int channels)
    {
        const int Count = WinogradTransform.Inputs * WinogradTransform.Inputs;
        var transformed = new AlignedFloats((nint)Count * channels * outputs);
        Span<float> products = stackalloc float[Count];
        for (var output = 0; output < outputs; output++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                WinogradTransform.Kernel(weights.Slice((output * channels + channel) * 9, 9), products);
                var place = transformed.Pointer + PanelProduct.Place(channel, output, channels, outputs);
                for (var product = 0; product < Count; product++)
                {
                    place[(nint)product * channels * outputs] = products[product];
                }
            }
        }

        return transformed;
    }

    private void Return()
    {
        if (_shared is null || Interlocked.Exchange(ref _returned, 1) != 0)
        {
            return;
        }

        lock (Gate)
        {
            if (--_shared.Users == 0)
            {
                Known.Remove(_key);
                _shared.Products?.Dispose();
            }
        }
    }

    private sealed record Key(string Digest, int Outputs, int Channels);

    private sealed class Shared
    {
        public int Users { get; set; }

        public AlignedFloats? Products { get; set; }
    }
}
