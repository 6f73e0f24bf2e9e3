using System.Globalization;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>What the anytime plan and the fixed plan cost for the same curve.</summary>
/// <param name="Missing">Why nothing was measured; null when it was.</param>
/// <param name="Images">Images that both plans ran on, on the same draws.</param>
/// <param name="Draws">Draws of each under the anytime plan, mean.</param>
/// <param name="Seconds">What they took.</param>
/// <param name="FixedSeconds">What the fixed plan took.</param>
/// <param name="Difference">Largest difference of certified accuracy at any radius.</param>
/// <param name="ExpectedDifference">
/// The same as expected over new draws: by simulated votes of the probabilities that the fixed plan measured.
/// </param>
/// <param name="ExpectedDraws">Draws per image of the anytime plan, as expected in the same way.</param>
/// <param name="LeastDraws">The fewest with which any plan could stay within the tolerance: <see cref="Contenders.LeastDraws"/>.</param>
internal sealed record AnytimeFigures(
    string? Missing,
    int Images = 0,
    double Draws = 0,
    double Seconds = 0,
    double FixedSeconds = 0,
    double Difference = 0,
    double ExpectedDifference = 0,
    double ExpectedDraws = 0,
    double LeastDraws = 0
);

/// <summary>
/// The same curve of six radii up to 3σ on MNIST, by the anytime plan and by n = 100,000 draws for every image, with the product's
/// own runner, stopping rules and certifier.
/// </summary>
internal static class AnytimeDuel
{
    /// <summary>Share of certified accuracy that may be given up at each radius.</summary>
    public const double Tolerance = 0.005;

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
            return new AnytimeFigures(e.Message.Split(". ")[0]);
        }

        using (cell)
        {
            var whole = new CertificationPlan { Radii = [.. Enumerable.Range(1, 6).Select(k => 0.5 * k * sigma)] };
            var anytime = whole with { Mode = CertificationMode.Anytime, Tolerance = Tolerance };
            cell.Count(anytime, 1);
            var ours = cell.Count(anytime, images);
            var other = cell.Count(whole, images);
            var noise = NoiseFamilies.Create("gaussian", sigma);
            double Share(CertificationPlan plan, MnistCell.Counted votes, double radius)
            {
                var certifier = new Certifier(plan, noise, 784, images);
                return votes.Votes.Values.Average(image =>
                    certifier.Certify(image)?.CorrectAt(radius) == true ? 1.0 : 0.0
                );
            }

            // Where the anytime plan stops tells of its threshold, and its counts there are no fair measure of a probability.
            var voters = other.Votes.Values.Select(VoterOf).ToList();
            var expected = AnytimeSimulation.Compare(voters, anytime, noise, 784, seed: 1, Repetitions);
            return new AnytimeFigures(
                null,
                ours.Votes.Count,
                (double)ours.Draws / ours.Votes.Count,
                ours.Seconds,
                other.Seconds,
                whole.Radii.Max(radius => Math.Abs(Share(anytime, ours, radius) - Share(whole, other, radius))),
                expected.Points.Max(point => Math.Abs(point.Difference)),
                expected.MeanDraws,
                LeastOf(voters, anytime, noise)
            );
        }
    }

    private static double LeastOf(
        IReadOnlyList<SimulatedVoter> voters,
        CertificationPlan plan,
        NoiseDistribution noise
    ) =>
        LeastDraws.PerImage(
            voters,
            plan,
            [.. plan.Radii.TakeLast(3).Select(radius => noise.RequiredProbability(radius, noise.DefaultNorm, 784))],
            Tolerance,
            voter => AnytimeSimulation.Compare([voter], plan, noise, 784, seed: 2, Repetitions).MeanDraws
        );

    private static SimulatedVoter VoterOf(ImageVotes votes)
    {
        var top = votes.Selection.TopClass;
        var share = (votes.Estimation[top] + 0.5) / (votes.Estimation.Total + 1);
        return new SimulatedVoter(share, top == votes.Label);
    }
}
