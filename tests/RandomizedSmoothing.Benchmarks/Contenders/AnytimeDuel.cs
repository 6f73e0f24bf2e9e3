using System.Globalization;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>What the anytime plan and the fixed plan cost for the same curve.</summary>
/// <param name="Missing">Why nothing was measured; null when it was.</param>
/// <param name="Images">Images of the anytime plan.</param>
/// <param name="Draws">Draws of each of them, mean.</param>
/// <param name="Seconds">What they took.</param>
/// <param name="FixedSeconds">What the fixed plan would take for as many, from those it ran on.</param>
/// <param name="Both">Images that both plans ran on, on the same draws.</param>
/// <param name="Difference">Largest difference of certified accuracy on those, at any radius.</param>
/// <param name="ExpectedDifference">The same over all images, by simulated votes of the probabilities measured.</param>
internal sealed record AnytimeFigures(
    string? Missing,
    int Images = 0,
    double Draws = 0,
    double Seconds = 0,
    double FixedSeconds = 0,
    int Both = 0,
    double Difference = 0,
    double ExpectedDifference = 0
);

/// <summary>
/// The same curve of six radii up to 3σ on MNIST, by the anytime plan and by n = 100,000 draws for every image, with the product's
/// own runner, stopping rules and certifier. The fixed plan runs on every twentieth image, whose seconds are scaled.
/// </summary>
internal static class AnytimeDuel
{
    /// <summary>Share of certified accuracy that may be given up at each radius.</summary>
    public const double Tolerance = 0.005;

    private const int Every = 20;
    private const int Repetitions = 50;

    /// <summary>Measures in this process and prints the figures as a line of JSON; <c>DEVICE SIGMA IMAGES EPOCHS</c>.</summary>
    public static int Run(IReadOnlyList<string> words, TextWriter output)
    {
        var (device, sigma) = (words[0], double.Parse(words[1], CultureInfo.InvariantCulture));
        var (images, epochs) = (
            int.Parse(words[2], CultureInfo.InvariantCulture),
            int.Parse(words[3], CultureInfo.InvariantCulture)
        );
        output.WriteLine(JsonSerializer.Serialize(Measure(device, sigma, images, epochs)));
        return 0;
    }

    private static AnytimeFigures Measure(string device, double sigma, int images, int epochs)
    {
        MnistCell cell;
        try
        {
            cell = MnistCell.Train(device, sigma, images, epochs);
        }
        catch (UserErrorException e)
        {
            return new AnytimeFigures(e.Message.Split('.')[0]);
        }

        using (cell)
        {
            var whole = new CertificationPlan { Radii = [.. Enumerable.Range(1, 6).Select(k => 0.5 * k * sigma)] };
            var anytime = whole with { Mode = CertificationMode.Anytime, Tolerance = Tolerance };
            cell.Count(anytime, 1, 1);
            var ours = cell.Count(anytime, images, 1);
            var other = cell.Count(whole, images, Every);
            var noise = NoiseFamilies.Create("gaussian", sigma);
            double Share(CertificationPlan plan, MnistCell.Counted votes, double radius)
            {
                var certifier = new Certifier(plan, noise, 784, images);
                return other.Votes.Keys.Average(image =>
                    certifier.Certify(votes.Votes[image])?.CorrectAt(radius) == true ? 1.0 : 0.0
                );
            }

            var voters = ours.Votes.Values.Select(VoterOf).ToList();
            var expected = AnytimeSimulation.Compare(voters, anytime, noise, 784, seed: 1, Repetitions);
            return new AnytimeFigures(
                null,
                ours.Votes.Count,
                (double)ours.Draws / ours.Votes.Count,
                ours.Seconds,
                other.Seconds * ours.Votes.Count / other.Votes.Count,
                other.Votes.Count,
                whole.Radii.Max(radius => Math.Abs(Share(anytime, ours, radius) - Share(whole, other, radius))),
                expected.Points.Max(point => Math.Abs(point.Difference))
            );
        }
    }

    private static SimulatedVoter VoterOf(ImageVotes votes)
    {
        var top = votes.Selection.TopClass;
        var share = (votes.Estimation[top] + 0.5) / (votes.Estimation.Total + 1);
        return new SimulatedVoter(share, top == votes.Label);
    }
}
