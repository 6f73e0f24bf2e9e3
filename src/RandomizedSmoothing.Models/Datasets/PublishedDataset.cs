using System.Collections.Immutable;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>One file that a known data set is made of.</summary>
/// <param name="Name">Its name in the data set's folder.</param>
/// <param name="Md5">The published MD5 of its bytes, lower-case hexadecimal.</param>
/// <param name="Split">The split that needs it; null: both.</param>
/// <param name="Mirrors">Addresses, tried in order; HTTPS, as control nodes on Kubernetes reach no other port.</param>
public sealed record DatasetFile(string Name, string Md5, string? Split, ImmutableArray<Uri> Mirrors);

/// <summary>What is known of a data set without its files.</summary>
/// <param name="Shape">Shape of the images as they are read.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="TrainImages">Images of the training split.</param>
/// <param name="TestImages">Images of the test split.</param>
/// <param name="Licence">Under which terms it may be used; short.</param>
/// <param name="Citation">What to cite.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record DatasetFacts(
    ImageShape Shape,
    int Classes,
    int TrainImages,
    int TestImages,
    string Licence,
    string Citation,
    string Source
);

/// <summary>A data set that this product knows by name.</summary>
/// <param name="Name">The name used in sweep files.</param>
/// <param name="Description">For people.</param>
/// <param name="Format">How it is stored; <c>embedded</c> for digits.</param>
/// <param name="ClassNames">Names by label.</param>
/// <param name="Files">What to download; empty where it must be brought.</param>
/// <param name="Facts">What is known of it beforehand.</param>
public sealed record PublishedDataset(
    string Name,
    string Description,
    string Format,
    ImmutableArray<string> ClassNames,
    ImmutableArray<DatasetFile> Files,
    DatasetFacts Facts
)
{
    private const string Krizhevsky =
        "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images, University of Toronto";

    /// <summary>All of them.</summary>
    public static ImmutableArray<PublishedDataset> All { get; } =
    [
        new(
            "digits",
            "UCI optical digits, 8×8 grey, built in (CC BY 4.0)",
            "embedded",
            DatasetNames.Numbered(10),
            [],
            new(
                new(1, 8, 8),
                10,
                EmbeddedDigits.TrainImages,
                EmbeddedDigits.TestImages,
                "CC BY 4.0",
                "Alpaydin, Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository",
                "https://archive.ics.uci.edu/dataset/80"
            )
        ),
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
            ),
            new(
                new(1, 28, 28),
                10,
                60_000,
                10_000,
                "CC BY-SA 3.0",
                "LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition, Proc. IEEE 86(11)",
                "http://yann.lecun.com/exdb/mnist"
            )
        ),
        new(
            "fashion-mnist",
            "Zalando's articles of clothing, 28×28 grey (Xiao, Rasul, Vollgraf; MIT licence)",
            "idx",
            ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
            Idx(
                [
                    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
                    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                ],
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310"
            ),
            new(
                new(1, 28, 28),
                10,
                60_000,
                10_000,
                "MIT",
                "Xiao, Rasul, Vollgraf 2017, Fashion-MNIST, arXiv:1708.07747",
                "https://github.com/zalandoresearch/fashion-mnist"
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
            ],
            new(
                new(3, 32, 32),
                10,
                50_000,
                10_000,
                "research use, none stated",
                Krizhevsky,
                "https://www.cs.toronto.edu/~kriz/cifar.html"
            )
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
            ],
            new(
                new(3, 32, 32),
                100,
                50_000,
                10_000,
                "research use, none stated",
                Krizhevsky,
                "https://www.cs.toronto.edu/~kriz/cifar.html"
            )
        ),
        new(
            "imagenet",
            "ImageNet (ILSVRC 2012), 1000 classes, brought by its user: train/ and val/ with a folder per class",
            "image-folder",
            [],
            [],
            new(
                new(3, 224, 224),
                1000,
                1_281_167,
                50_000,
                "research use, by agreement with its owners",
                "Russakovsky et al. 2015, ImageNet Large Scale Visual Recognition Challenge, IJCV 115(3)",
                "https://image-net.org/download"
            )
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
