using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads <c>certify</c>.</summary>
internal static class PlanReader
{
    /// <summary>Most draws of either stream that a plan may ask for.</summary>
    public const long MostDraws = 10_000_000_000;

    private const int DefaultRadii = 6;
    private static readonly Bounds Alpha = new(0, 0.5, AboveLeast: true, BelowMost: true);

    public static (CertificationPlan Plan, SamplerKind Sampler) Read(Section section)
    {
        var plan = new CertificationPlan
        {
            Mode = section.Choice(
                "mode",
                CertificationMode.Fixed,
                ("fixed", CertificationMode.Fixed),
                ("anytime", CertificationMode.Anytime)
            ),
            N0 = section.Integer("n0", 100, 1, MostDraws, "draws per image that select the class"),
            N = section.Integer("n", 100_000, 1, MostDraws, "draws per image that estimate its probability"),
            Alpha = section.Number("alpha", 0.001, Alpha, "the probability that one image's certificate is false"),
            Certificate = section.Choice(
                "certificate",
                CertificateKind.TopClass,
                ("top-class", CertificateKind.TopClass),
                ("two-class", CertificateKind.TwoClass)
            ),
            FamilyWise = section.Choice(
                "familyWise",
                FamilyWiseCorrection.None,
                ("none", FamilyWiseCorrection.None),
                ("bonferroni", FamilyWiseCorrection.Bonferroni)
            ),
            Images = section.Choice(
                "images",
                CertifiedImages.All,
                ("all", CertifiedImages.All),
                ("correct", CertifiedImages.Correct)
            ),
            Radii = RadiiReader.Read(section, "radii"),
            Precision = section.OptionalNumber(
                "precision",
                new Bounds(0, 1, AboveLeast: true, BelowMost: true),
                "the width of the interval at which an image is done"
            ),
            Tolerance = section.OptionalNumber(
                "tolerance",
                new Bounds(0, 0.1, AboveLeast: true),
                "the share of certified accuracy that may be given up at each radius"
            ),
        };
        var sampler = section.Choice(
            "sampler",
            SamplerKind.Exact,
            ("exact", SamplerKind.Exact),
            ("device", SamplerKind.Device)
        );
        section.Close();
        return (plan, sampler);
    }

    /// <summary>Checks what the plan's keys mean together and with the rest of the sweep.</summary>
    /// <param name="section">The plan's section.</param>
    /// <param name="plan">The plan as read.</param>
    /// <param name="datasets">The data sets: under a family-wise correction their images share alpha.</param>
    /// <param name="exact">Whether every noise family of the sweep is derandomised, so that alpha plays no part.</param>
    public static void Check(Section section, CertificationPlan plan, IReadOnlyList<DatasetSpec> datasets, bool exact)
    {
        var problems = section.Problems;
        foreach (var key in (string[])["precision", "tolerance"])
        {
            if (section.Has(key) && plan.Mode == CertificationMode.Fixed)
            {
                const string Rule = "has no effect in the fixed mode, which always takes n draws";
                problems.Warning(
                    section.At(key),
                    section.MarkOf(key),
                    section.GivenFor(key),
                    Rule,
                    "set 'mode: anytime'"
                );
            }
        }

        var images = datasets.Where(d => d.Max is not null).Select(d => d.Max!.Value).DefaultIfEmpty(1).Max();
        var least = SmallestPlan.Draws(plan, images);
        if (!exact && plan.N < least)
        {
            var share = SmallestPlan.Share(plan, images);
            problems.Error(
                section.At("n"),
                section.MarkOf("n"),
                $"{plan.N}",
                $"can only abstain: with alpha {plan.Alpha:R} ({share:R} for one bound of one image) even {plan.N} votes out of {plan.N} do not prove a majority",
                $"give n at least {least}, or a larger alpha"
            );
        }
        else if (plan.N0 > plan.N)
        {
            const string Rule = "more draws select the class than prove it: n0 is usually far below n";
            problems.Warning(section.At("n0"), section.MarkOf("n0"), $"{plan.N0}", Rule);
        }
    }

    /// <summary>
    /// The decision grid of the anytime mode when none is given: the radii of the report, else up to six steps of about half the
    /// largest sigma; and always 0, without which images that abstain cannot be told from those that were left undecided.
    /// </summary>
    public static IReadOnlyList<double> DefaultGrid(IReadOnlyList<double> sigmas, IReadOnlyList<double> reported)
    {
        var given = reported.Where(r => r > 0).ToList();
        if (given.Count > 0 || !sigmas.Any(s => s > 0))
        {
            return [0, .. given];
        }

        var half = sigmas.Max() / 2;
        var decade = Math.Pow(10, Math.Floor(Math.Log10(half)));
        var step = ((double[])[5, 2.5, 2, 1]).Select(m => m * decade).FirstOrDefault(s => s <= half * 1.000001, decade);
        return [.. Enumerable.Range(0, DefaultRadii + 1).Select(i => (double)((decimal)step * i))];
    }

    /// <summary>Warns where the report shows radius 0 and the anytime plan need not decide it.</summary>
    public static void CheckGrid(Section section, CertificationPlan plan, IReadOnlyList<double> reported)
    {
        if (
            plan is not { Mode: CertificationMode.Anytime, Precision: null, Radii.Count: > 0 }
            || plan.Radii[0] == 0
            || (reported.Count > 0 && reported[0] > 0)
        )
        {
            return;
        }

        const string Rule =
            "leaves out 0, which the report shows: images between a majority and the first radius may stay undecided, and count as abstentions there";
        section.Problems.Warning(
            section.At("radii"),
            section.MarkOf("radii"),
            section.GivenFor("radii"),
            Rule,
            "put 0 in front for the accuracy of the smoothed classifier itself, at the price of the draws that it takes"
        );
    }
}
