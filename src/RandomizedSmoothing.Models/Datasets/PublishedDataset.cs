using System.Collections.Immutable;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>One file that a known data set is made of.</summary>
/// <param name="Name">Its name in the data set's folder.</param>
/// <param name="Md5">The published MD5 of its bytes, lower-case hexadecimal.</param>
/// <param name="Split">The split that needs it; null: both.</param>
/// <param name="Mirrors">Addresses, tried in order.</param>
public sealed record DatasetFile(string Name, string Md5, string? Split, ImmutableArray<Uri> Mirrors);

/// <summary>A data set that this product knows by name.</summary>
/// <param name="Name">The name used in sweep files.</param>
/// <param name="Description">For people.</param>
/// <param name="Format">How it is stored; <c>embedded</c> for digits.</param>
/// <param name="ClassNames">Names by label.</param>
/// <param name="Files">What to download; empty where it must be brought.</param>
public sealed record PublishedDataset(
    string Name,
    string Description,
    string Format,
    ImmutableArray<string> ClassNames,
    ImmutableArray<DatasetFile> Files
)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<PublishedDataset> All { get; } =
    [
        new("digits", "UCI optical digits, 8×8 grey, built in (CC BY 4.0)", "embedded", DatasetNames.Numbered(10), []),
        new(
            "mnist",
            "MNIST handwritten digits, 28×28 grey (LeCun, Cortes, Burges)",
            "idx",
            DatasetNames.Numbered(10),
            Idx(
                [
                    "https://ossci-datasets.s3.amazonaws.com/mnist/",
                    "https://storage.googleapis.com/cvdf-datasets/mnist/",
                ],
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c"
            )
        ),
        new(
            "fashion-mnist",
            "Zalando's articles of clothing, 28×28 grey (Xiao, Rasul, Vollgraf; MIT licence)",
            "idx",
            ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
            Idx(
                ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310"
            )
        ),
        new(
            "cifar10",
            "CIFAR-10, 32×32 colour (Krizhevsky)",
            "cifar-binary",
            ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
            [
                new DatasetFile(
                    "cifar-10-binary.tar.gz",
                    "c32a1d4ab5d03f1284b67883e8d87530",
                    null,
                    [new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz")]
                ),
            ]
        ),
        new(
            "cifar100",
            "CIFAR-100, fine labels, 32×32 colour (Krizhevsky)",
            "cifar-binary",
            Cifar100Classes.Names,
            [
                new DatasetFile(
                    "cifar-100-binary.tar.gz",
                    "03b5dce01913d631647c71ecec9e9cb8",
                    null,
                    [new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz")]
                ),
            ]
        ),
        new(
            "imagenet",
            "ImageNet (ILSVRC 2012), 1000 classes, brought by its user: train/ and val/ with a folder per class",
            "image-folder",
            [],
            []
        ),
    ];

    /// <summary>The data set of this name, or null.</summary>
    public static PublishedDataset? Find(string name) => All.FirstOrDefault(d => d.Name == name);

    private static ImmutableArray<DatasetFile> Idx(string[] mirrors, params ReadOnlySpan<string> md5)
    {
        ReadOnlySpan<(string Name, string Split)> files =
        [
            ("train-images-idx3-ubyte.gz", "train"),
            ("train-labels-idx1-ubyte.gz", "train"),
            ("t10k-images-idx3-ubyte.gz", "test"),
            ("t10k-labels-idx1-ubyte.gz", "test"),
        ];
        var list = ImmutableArray.CreateBuilder<DatasetFile>();
        for (var i = 0; i < files.Length; i++)
        {
            var name = files[i].Name;
            list.Add(new DatasetFile(name, md5[i], files[i].Split, [.. mirrors.Select(m => new Uri(m + name))]));
        }

        return list.ToImmutable();
    }
}
