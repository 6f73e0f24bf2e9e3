using System.Globalization;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>What is known of a run; null where it is not.</summary>
public sealed record RunFacts
{
    /// <summary>Data set.</summary>
    public string? Dataset { get; init; }

    /// <summary>Digest of the data, shortened.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>Split.</summary>
    public string? Split { get; init; }

    /// <summary>How many images, and which.</summary>
    public string? Images { get; init; }

    /// <summary>Base classifier.</summary>
    public string? Model { get; init; }

    /// <summary>Digest of its file, shortened.</summary>
    public string? ModelHash { get; init; }

    /// <summary>Standard deviation of the training noise.</summary>
    public double? TrainSigma { get; init; }

    /// <summary>Noise family.</summary>
    public string? Noise { get; init; }

    /// <summary>Norm of the radii.</summary>
    public Norm? Norm { get; init; }

    /// <summary>Standard deviation of the smoothing noise.</summary>
    public double? Sigma { get; init; }

    /// <summary>Selection draws.</summary>
    public long? N0 { get; init; }

    /// <summary>Estimation draws.</summary>
    public long? N { get; init; }

    /// <summary>Failure probability.</summary>
    public double? Alpha { get; init; }

    /// <summary>Fixed or anytime.</summary>
    public string? Mode { get; init; }

    /// <summary>Kind of certificate.</summary>
    public string? Certificate { get; init; }

    /// <summary>Family-wise correction.</summary>
    public string? FamilyWise { get; init; }

    /// <summary>Sampler.</summary>
    public string? Sampler { get; init; }

    /// <summary>Seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Precision of the forward pass.</summary>
    public string? Precision { get; init; }

    /// <summary>Kinds of device.</summary>
    public string? Devices { get; init; }

    /// <summary>Version of the program, its commit shortened.</summary>
    public string? Version { get; init; }

    /// <summary>Digits of the radii.</summary>
    public string? RadiusDigits { get; init; }

    /// <summary>The facts by name, in the order a reader asks for them; an unknown one is <c>?</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> List() =>
        [
            ("data set", Dataset ?? "?"),
            ("data digest", DatasetHash ?? "?"),
            ("split", Split ?? "?"),
            ("images", Images ?? "?"),
            ("model", Model ?? "?"),
            ("model digest", ModelHash ?? "?"),
            ("trained at σ", Number(TrainSigma)),
            ("noise", Noise ?? "?"),
            ("norm", SweepTable.NormName([Norm])),
            ("σ", Number(Sigma)),
            ("n0", Whole(N0)),
            ("n", Whole(N)),
            ("α", Number(Alpha)),
            ("mode", Mode ?? "?"),
            ("certificate", Certificate ?? "?"),
            ("family-wise", FamilyWise ?? "?"),
            ("sampler", Sampler ?? "?"),
            ("seed", Seed?.ToString(CultureInfo.InvariantCulture) ?? "?"),
            ("precision", Precision ?? "?"),
            ("device", Devices is { Length: > 0 } devices ? devices : "?"),
            ("version", Version ?? "?"),
            ("radii", RadiusDigits ?? "?"),
        ];

    private static string Number(double? value) => value is { } number ? TableLayout.Number(number) : "?";

    private static string Whole(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
