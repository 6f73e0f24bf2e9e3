using System.IO.Compression;
using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.DataBounds;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.DataBounds;

public sealed class NearestOtherLabelTests
{
    internal static Gen<LabelledImages> Images(int maxCount, int maxDimension, int classes) =>
        from count in Gen.Int[1, maxCount]
        from dimension in Gen.Int[1, maxDimension]
        from pixels in Gen.Byte.Array[count * dimension]
        from labels in Gen.Int[0, classes - 1].Array[count]
        select new LabelledImages(pixels, labels);

    [Fact]
    public void Tiled_search_agrees_with_comparing_every_pair() =>
        Gen.Select(Images(150, 90, 3), Gen.Int[1, 80], Gen.Bool)
            .Sample(
                (references, count, same) =>
                {
                    var queries = same ? references : Part(references, Math.Min(count, references.Count));
                    var found = NearestOtherLabel.Find(queries, references);
                    for (var q = 0; q < queries.Count; q++)
                    {
                        var label = queries.Labels.Span[q];
                        var image = queries.Image(q).ToArray();
                        var others = Enumerable
                            .Range(0, references.Count)
                            .Where(r => references.Labels.Span[r] != label)
                            .ToArray();
                        found
                            .L2(q)
                            .ShouldBe(
                                others.Select(r => L2(image, references.Image(r))).Append(double.PositiveInfinity).Min()
                            );
                        found
                            .Linf(q)
                            .ShouldBe(
                                others
                                    .Select(r => Linf(image, references.Image(r)))
                                    .Append(double.PositiveInfinity)
                                    .Min()
                            );
                        if (others.Length > 0)
                        {
                            L2(image, references.Image(found.L2Neighbours[q])).ShouldBe(found.L2(q));
                            Linf(image, references.Image(found.LinfNeighbours[q])).ShouldBe(found.Linf(q));
                        }
                    }

                    var smallest = Enumerable.Range(0, queries.Count).Min(found.L2);
                    (found.SmallestL2?.Distance ?? double.PositiveInfinity).ShouldBe(smallest);
                },
                iter: 60
            );

    [Fact]
    public void Products_of_long_images_do_not_overflow()
    {
        const int dimension = 40_000;
        var pixels = new byte[2 * dimension];
        pixels.AsSpan(0, dimension).Fill(255);
        var images = new LabelledImages(pixels, new[] { 0, 1 });
        NearestOtherLabel.Find(images, images).L2(0).ShouldBe(Math.Sqrt(dimension), 1e-12);
        pixels.AsSpan().Fill(255);
        NearestOtherLabel.Find(images, images).L2(0).ShouldBe(0);
    }

    [SkippableFact]
    public void MNIST_test_digits_have_the_distances_found_by_brute_force()
    {
        var shared =
            Environment.GetEnvironmentVariable("RSMOOTH_SHARED") ?? Path.Combine(Golden.RepositoryRoot, "..", "shared");
        var file = Path.Combine(shared, "data", "mnist", "t10k-images-idx3-ubyte.gz");
        Skip.IfNot(File.Exists(file), $"{file} is not there");
        var labels = Unzip(Path.Combine(shared, "data", "mnist", "t10k-labels-idx1-ubyte.gz"))[8..];
        var images = new LabelledImages(Unzip(file).AsMemory(16), Array.ConvertAll(labels, l => (int)l));
        var part = Part(images, 400);
        var found = NearestOtherLabel.Find(part, images);
        for (var q = 0; q < part.Count; q += 80)
        {
            var others = Enumerable.Range(0, images.Count).Where(r => labels[r] != labels[q]).ToArray();
            found.L2(q).ShouldBe(others.Min(r => L2(part.Image(q).ToArray(), images.Image(r))));
            found.Linf(q).ShouldBe(others.Min(r => Linf(part.Image(q).ToArray(), images.Image(r))));
        }
    }

    private static byte[] Unzip(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private static LabelledImages Part(LabelledImages images, int count) =>
        new(images.Pixels[..(count * images.Dimension)], images.Labels[..count]);

    private static double L2(byte[] a, ReadOnlySpan<byte> b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum) / 255;
    }

    private static double Linf(byte[] a, ReadOnlySpan<byte> b)
    {
        var largest = 0;
        for (var i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        }

        return largest / 255.0;
    }
}
