using System.Text;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>Files in which images are published and that no format here reads, told by how they begin.</summary>
internal static class ForeignFile
{
    private const string Idx =
        "Write images (N × H × W or N × C × H × W, 0 to 255) and labels (from 0) as IDX in Python, and name their folder as idx:FOLDER:\n"
        + "    import numpy as np\n"
        + "    def idx(path, a): open(path, \"wb\").write(bytes([0, 0, 8, a.ndim]) + np.array(a.shape, \">i4\").tobytes() + a.astype(\"u1\").tobytes())\n"
        + "    idx(\"t10k-images-idx3-ubyte\", images); idx(\"t10k-labels-idx1-ubyte\", labels)\n"
        + "(train-… for the training split)";

    private const string Pickle =
        "CIFAR is published in a binary version, too: fetch cifar-10-binary.tar.gz or cifar-100-binary.tar.gz. " + Idx;

    private static readonly (byte[] Beginning, string What, string Remedy)[] Known =
    [
        ([0x93, .. "NUMPY"u8], "a NumPy array", Idx),
        (
            [.. "MATLAB 5.0"u8],
            "a MATLAB file",
            Idx + ". SVHN's are X.transpose(3, 2, 0, 1) and y.ravel() % 10, after scipy.io.loadmat"
        ),
        ([0x89, .. "HDF"u8], "an HDF5 file", Idx),
        ([.. "PAR1"u8], "a Parquet file", Idx),
        ([0x80, 2], "a Python pickle", Pickle),
        ([0x80, 3], "a Python pickle", Pickle),
        ([0x80, 4], "a Python pickle", Pickle),
        ([0x80, 5], "a Python pickle", Pickle),
        ([.. "7z"u8, 0xbc, 0xaf], "a 7z archive", "Unpack it, and name the folder"),
        ([.. "Rar!"u8], "a RAR archive", "Unpack it, and name the folder"),
    ];

    /// <summary>Refuses a file that is known not to be readable; folders, and what is not known, pass.</summary>
    /// <exception cref="UserErrorException">It is one; the message says which and what to make of it.</exception>
    public static void Refuse(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var begin = Begin(path);
        if (begin.AsSpan().StartsWith("PK\x03\x04"u8))
        {
            // The name of the first file of an archive follows its header.
            throw Encoding.Latin1.GetString(begin).Contains(".npy", StringComparison.Ordinal)
                ? Refused(path, "a file of NumPy arrays", Idx)
                : Refused(path, "a zip archive", "Unpack it, and name the folder");
        }

        var (_, what, remedy) = Array.Find(Known, k => begin.AsSpan().StartsWith(k.Beginning));
        if (what is not null)
        {
            throw Refused(path, what, remedy);
        }
    }

    private static byte[] Begin(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var begin = new byte[128];
            return begin[..file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The format that reads it says so.
            return [];
        }
    }

    private static UserErrorException Refused(string path, string what, string remedy) =>
        new($"'{path}' is {what}, which is not read here. {remedy}.");
}
