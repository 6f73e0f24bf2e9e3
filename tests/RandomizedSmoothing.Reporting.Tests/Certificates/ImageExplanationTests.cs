using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Tests.Certificates;

public sealed class ImageExplanationTests
{
    [Theory]
    [InlineData("certified")]
    [InlineData("abstained")]
    [InlineData("unfinished")]
    public void The_arithmetic_is_as_approved(string name)
    {
        var cell = SampleSweep.Create(unfinished: 3).Certify()[1];
        var image = name switch
        {
            "certified" => cell.Certificates.First(c => c.Correct).ImageIndex,
            "abstained" => cell.Certificates.First(c => c.Abstained).ImageIndex,
            _ => cell.Votes.Images[^1].ImageIndex,
        };
        Approved.Match(ImageExplanation.Of(cell, image)!.ToText(), name);
    }

    [Fact]
    public void Two_classes_and_a_correction_show_how_alpha_is_shared()
    {
        var results = SampleSweep.Create();
        var sweep = results.Sweep with
        {
            Plan = results.Sweep.Plan with
            {
                Certificate = CertificateKind.TwoClass,
                FamilyWise = FamilyWiseCorrection.Bonferroni,
            },
        };
        var cell = CellReport.Of(sweep, results.Votes[1]);
        Approved.Match(ImageExplanation.Of(cell, 0)!.ToText(), "two-class");
    }

    [Fact]
    public void An_image_that_is_not_there_has_no_explanation()
    {
        var results = SampleSweep.Create();
        ImageExplanation.Of(results.Certify()[0], 1).ShouldBeNull();
    }
}
